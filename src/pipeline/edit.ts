/** Edits: a few records added, changed or removed as one new revision, by the same checks as an import. */
import { v7 } from 'uuid';
import { KINDS } from '../../schemas/records.ts';
import { DssError, errors } from '../errors.ts';
import { checkRecord } from '../records/check-record.ts';
import type { JsonObject } from '../records/json.ts';
import { shownContent } from '../records/line.ts';
import { nextVersion } from '../records/versions.ts';
import type { Filling } from '../staging/port.ts';
import { type EditResult, writeChanges } from './changes.ts';
import { type EditRequest, readEditRequest } from './edit-request.ts';
import { withProject } from './leased.ts';
import type { Precondition } from './precondition.ts';
import { checkReferences } from './referential.ts';
import { Findings, type Work } from './work.ts';

export type { EditResult } from './changes.ts';

/** The bookkeeping of what an edit writes. */
interface Stamp {
	readonly version: number;
	readonly at: string;
}

export interface EditOptions {
	readonly projectUuid: string;
	/** The body of the request as it came: JSON text in UTF-8. */
	readonly body: Uint8Array;
	readonly precondition: Precondition;
}

/**
 * Makes the next revision of a project from an edit; nothing different makes none.
 *
 * @throws {DssError} project_unknown, project_busy, revision_stale, record_unknown, any code of the stages structure
 * and referential
 */
export async function editProject(work: Work, options: EditOptions): Promise<EditResult> {
	const { projectUuid, precondition } = options;
	const request = readEditRequest(options.body, work.limits);
	const { message, remove } = request;
	const { store, staging } = work;
	return withProject(work, projectUuid, precondition, async (lease, current) => {
		const at = work.at();
		const filling = staging.begin();
		const stamp = { version: nextVersion(current.lamport), at };
		await work.stage('structure', () => stageUpserts(work, filling, request, stamp));
		const here = await store.layOut(staging, 'here', { projectUuid, revision: current.number });
		filling.carryOver(here, { of: 'records', remove });
		const set = filling.index();
		const rules = { references: 'strict', inherited: { here, current } } as const;
		const faultyReferences = await work.stage('referential', () => checkReferences(work, set, rules));
		return work.stage('apply', async () => {
			const comparison = set.compare(here);
			const unknown = comparison.firstUnknown(remove);
			if (unknown !== null) throw errors.recordUnknown({ kind: 'records', uuid: unknown });
			const { properties } = current;
			const changes = { cause: 'edit', message, properties, faultyReferences, at } as const;
			return writeChanges(work, lease, current, comparison, changes);
		});
	});
}

function stageUpserts({ limits }: Work, filling: Filling, { upsert }: EditRequest, stamp: Stamp): void {
	const findings = new Findings('structure');
	for (const kind of KINDS) {
		for (const [index, record] of (upsert[kind] ?? []).entries()) {
			const entry = `/upsert/${kind}/${index}`;
			try {
				const [doubled] = filling.add([checkRecord(kind, stamped(record, entry, stamp), { entry }, limits)]);
				if (doubled !== undefined) {
					findings.add(
						errors.duplicateRecord({
							entry,
							uuid: doubled.uuid,
							reason: 'the same uuid stands in this edit twice',
						}),
					);
				}
			} catch (error) {
				if (!(error instanceof DssError)) throw error;
				findings.add(error);
			}
		}
	}
	findings.throwIfAny();
}

/** A record as an edit sends it, with bookkeeping of ours: its own is ignored. @throws {DssError} invalid_record */
function stamped(record: JsonObject, entry: string, { version, at }: Stamp): JsonObject {
	const content = shownContent(record);
	// In an archive these are bookkeeping; an edit has no such members.
	for (const name of ['createdAt', 'updatedAt']) {
		if (name in content) throw errors.invalidRecord({ entry, reason: `"${name}" is no member of a record` });
	}
	return { ...content, uuid: record['uuid'] ?? v7(), version, createdAt: at, updatedAt: at };
}

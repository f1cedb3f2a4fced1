/** Edits: a few records added, changed or removed as one new revision, by the same checks as an import. */
import { v7 } from 'uuid';
import { KINDS, type Kind } from '../../schemas/records.ts';
import { DssError, errors } from '../errors.ts';
import { checkRecord } from '../records/check-record.ts';
import type { Json, JsonObject } from '../records/json.ts';
import { shownContent } from '../records/line.ts';
import { nextVersion } from '../records/versions.ts';
import type { Filling } from '../staging/port.ts';
import { type ChangeResult, writeChanges } from './changes.ts';
import { type EditRequest, readEditRequest } from './edit-request.ts';
import { withProject } from './leased.ts';
import type { Precondition } from './precondition.ts';
import { checkReferences } from './referential.ts';
import { Findings, type Work } from './work.ts';

/** The uuids of the records that came without one, by kind, in the order of the request. */
export type CreatedRecords = Record<Kind, string[]>;

/** What an edit did. */
export interface EditResult extends ChangeResult {
	readonly created: CreatedRecords;
}

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
		const created = await work.stage('structure', () => stageUpserts(work, filling, request, stamp));
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
			return { ...(await writeChanges(work, lease, current, comparison, changes)), created };
		});
	});
}

function stageUpserts(
	{ limits }: Work,
	filling: Filling,
	{ upsert }: EditRequest,
	stamp: Stamp,
): CreatedRecords {
	const findings = new Findings('structure');
	const created: CreatedRecords = { themes: [], tokens: [], components: [] };
	/** Where each uuid stood first: whatever its kind, it is the identity of one record. */
	const places = new Map<string, string>();
	for (const kind of KINDS) {
		for (const [index, record] of (upsert[kind] ?? []).entries()) {
			const entry = `/upsert/${kind}/${index}`;
			try {
				const uuid = record['uuid'] ?? v7();
				const staged = checkRecord(kind, stamped(record, uuid, entry, stamp), { entry }, limits);
				const first = places.get(staged.uuid);
				if (first !== undefined) {
					const reason = `the same uuid stands in this edit twice, first at ${first}`;
					throw errors.duplicateRecord({ entry, uuid: staged.uuid, reason });
				}
				places.set(staged.uuid, entry);
				if (record['uuid'] !== uuid) created[kind].push(staged.uuid);
				filling.add([staged]);
			} catch (error) {
				if (!(error instanceof DssError)) throw error;
				findings.add(error);
			}
		}
	}
	findings.throwIfAny();
	return created;
}

/** A record as an edit sends it, with bookkeeping of ours: its own is ignored. @throws {DssError} invalid_record */
function stamped(record: JsonObject, uuid: Json, entry: string, { version, at }: Stamp): JsonObject {
	const content = shownContent(record);
	// In an archive these are bookkeeping; an edit has no such members.
	for (const name of ['createdAt', 'updatedAt']) {
		if (name in content) throw errors.invalidRecord({ entry, reason: `"${name}" is no member of a record` });
	}
	return { ...content, uuid, version, createdAt: at, updatedAt: at };
}

/** Edits: a few records added, changed or removed as one new revision, by the same checks as an import. */
import { v7 } from 'uuid';
import { KINDS, type Kind } from '../../schemas/records.ts';
import { DssError, errors } from '../errors.ts';
import { toStaged } from '../records/check-record.ts';
import type { JsonObject } from '../records/json.ts';
import type { Filling } from '../staging/port.ts';
import { type EditResult, writeChanges } from './changes.ts';
import { withProject } from './leased.ts';
import type { Precondition } from './precondition.ts';
import { checkReferences } from './referential.ts';
import { Findings, type Work } from './work.ts';

export type { EditResult } from './changes.ts';

export interface EditOptions {
	readonly projectUuid: string;
	readonly message: string | null;
	/** Records as the API shows them; without `uuid` they are new. */
	readonly upsert: Readonly<Partial<Record<Kind, readonly JsonObject[]>>>;
	readonly remove: readonly string[];
	readonly precondition: Precondition;
}

/**
 * Makes the next revision of a project from an edit; nothing different makes none.
 *
 * @throws {DssError} project_unknown, project_busy, revision_stale, record_unknown, any code of the stages structure
 * and referential
 */
export async function editProject(work: Work, options: EditOptions): Promise<EditResult> {
	const { projectUuid, precondition, message, remove } = options;
	const { store, staging } = work;
	return withProject(work, projectUuid, precondition, async (lease, current) => {
		const at = work.at();
		const filling = staging.begin();
		const stamp = { version: current.lamport + 1, at };
		await work.stage('structure', () => stageUpserts(filling, options, stamp));
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

function stageUpserts(filling: Filling, options: EditOptions, stamp: { version: number; at: string }): void {
	const findings = new Findings('structure');
	for (const kind of KINDS) {
		for (const [index, record] of (options.upsert[kind] ?? []).entries()) {
			const entry = `/upsert/${kind}/${index}`;
			try {
				const [doubled] = filling.add([toStaged(kind, archived(record, stamp), { entry })]);
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

/** A record as an edit sends it, with bookkeeping of ours: its own is ignored. */
function archived(record: JsonObject, { version, at }: { version: number; at: string }): JsonObject {
	const { uuid, version: _version, created_at: _created, updated_at: _updated, ...content } = record;
	return { ...content, uuid: uuid ?? v7(), version, createdAt: at, updatedAt: at };
}

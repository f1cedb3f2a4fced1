/** Edits: a few records added, changed or removed as one new revision, by the same checks as an import. */
import { v7 } from 'uuid';
import { KINDS, type Kind } from '../../schemas/records.ts';
import { DssError, errors } from '../errors.ts';
import { toStaged } from '../records/check-record.ts';
import type { JsonObject } from '../records/json.ts';
import type { Revision } from '../store/port.ts';
import { sum } from './counts.ts';
import { withLease } from './projects.ts';
import { passingOverInherited } from './referential/inherited.ts';
import { checkReferences } from './referential/run.ts';
import type { Precondition } from './target.ts';
import { Findings, type Work } from './work.ts';

export interface EditOptions {
	readonly projectUuid: string;
	readonly message: string | null;
	/** Records as the API shows them; without `uuid` they are new. */
	readonly upsert: Readonly<Partial<Record<Kind, readonly JsonObject[]>>>;
	readonly remove: readonly string[];
	readonly precondition: Precondition;
}

export interface EditResult {
	readonly revision: Revision;
	readonly added: number;
	readonly changed: number;
	readonly removed: number;
}

/**
 * Makes the next revision of a project from an edit; nothing different makes none.
 *
 * @throws {DssError} project_unknown, project_busy, revision_stale, record_unknown, any code of the stages structure
 * and referential
 */
export async function editProject(work: Work, options: EditOptions): Promise<EditResult> {
	const { projectUuid, precondition } = options;
	return withLease(work, projectUuid, precondition, (current) => edited(work, options, current));
}

async function edited(work: Work, options: EditOptions, current: Revision): Promise<EditResult> {
	const { workspace } = work;
	const { projectUuid } = options;
	const at = work.at();
	const version = current.lamport + 1;
	const revision = current.number;
	await passingOverInherited(work, { projectUuid, revision }, async (known) => {
		await workspace.clear();
		await work.stage('structure', () => stageUpserts(work, options, { version, at }));
		await workspace.carryOver({ projectUuid, revision, scope: { of: 'records', remove: options.remove } });
		await workspace.indexStaged();
		await work.stage('referential', () => checkReferences(work, 'strict', known));
	});
	return work.stage('apply', async () => {
		const difference = await workspace.compare({ projectUuid, revision: current.number });
		const counts = {
			added: sum(difference.added),
			changed: sum(difference.changed),
			removed: sum(difference.removed),
		};
		if (options.remove.length > 0) await refuseUnknownRemovals(work, options);
		if (counts.added + counts.changed + counts.removed === 0) return { revision: current, ...counts };
		await workspace.restamp({ projectUuid, revision: current.number, version, at });
		const revision = await workspace.apply(
			projectUuid,
			{
				cause: 'edit',
				message: options.message,
				author: null,
				at,
				properties: { ...current.properties, updatedAt: at },
				lamport: version,
				sync: current.sync,
				origin: null,
			},
			(done, total) => work.pause('apply', done, total),
		);
		return { revision, ...counts };
	});
}

async function stageUpserts(
	work: Work,
	options: EditOptions,
	stamp: { version: number; at: string },
): Promise<void> {
	const findings = new Findings('structure');
	for (const kind of KINDS) {
		for (const [index, record] of (options.upsert[kind] ?? []).entries()) {
			const entry = `/upsert/${kind}/${index}`;
			try {
				const [doubled] = await work.workspace.stage([toStaged(kind, archived(record, stamp), { entry })]);
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

/** Removals that removed nothing name a record that is not there. */
async function refuseUnknownRemovals(work: Work, { remove }: EditOptions): Promise<void> {
	const missing = await work.workspace.select(
		`SELECT value AS uuid FROM json_each(:remove)
		 WHERE value NOT IN (SELECT uuid FROM temp.differences WHERE change = 3)
		   AND value NOT IN (SELECT uuid FROM temp.staged)`,
		{ remove: JSON.stringify(remove) },
	);
	const [first] = missing;
	if (first !== undefined) throw errors.recordUnknown({ kind: 'records', uuid: String(first['uuid']) });
}

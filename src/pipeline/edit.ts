/** Edits: a few records added, changed or removed as one new revision, by the same checks as an import. */
import { v7 } from 'uuid';
import { KINDS } from '../../schemas/records.ts';
import { DssError, errors } from '../errors.ts';
import { checkRecord } from '../records/check-record.ts';
import type { JsonObject } from '../records/json.ts';
import { shownContent } from '../records/line.ts';
import { nextVersion } from '../records/versions.ts';
import type { Revision } from '../store/port.ts';
import { sum } from './counts.ts';
import { type EditRequest, readEditRequest } from './edit-request.ts';
import { withLease } from './projects.ts';
import { assertWithinLimits } from './record-limits.ts';
import { passingOverInherited } from './referential/inherited.ts';
import { checkReferences } from './referential/run.ts';
import type { Precondition } from './target.ts';
import { Findings, type Work } from './work.ts';

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
	const request = readEditRequest(options.body, work.limits);
	return withLease(work, projectUuid, precondition, (current) => edited(work, request, current));
}

async function edited(work: Work, request: EditRequest, current: Revision): Promise<EditResult> {
	const { workspace } = work;
	const { projectUuid } = current;
	const at = work.at();
	const version = nextVersion(current.lamport);
	const revision = current.number;
	await passingOverInherited(work, { projectUuid, revision }, async (known) => {
		await workspace.clear();
		await work.stage('structure', () => stageUpserts(work, request, { version, at }));
		await workspace.carryOver({ projectUuid, revision, scope: { of: 'records', remove: request.remove } });
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
		if (request.remove.length > 0) await refuseUnknownRemovals(work, request);
		assertWithinLimits(current.counts, difference, work.limits);
		if (counts.added + counts.changed + counts.removed === 0) return { revision: current, ...counts };
		await workspace.restamp({ projectUuid, revision: current.number, version, at });
		const revision = await workspace.apply(
			projectUuid,
			{
				cause: 'edit',
				message: request.message,
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

async function stageUpserts(work: Work, { upsert }: EditRequest, stamp: Stamp): Promise<void> {
	const findings = new Findings('structure');
	for (const kind of KINDS) {
		for (const [index, record] of (upsert[kind] ?? []).entries()) {
			const entry = `/upsert/${kind}/${index}`;
			try {
				const checked = checkRecord(kind, stamped(record, entry, stamp), { entry }, work.limits);
				const [doubled] = await work.workspace.stage([checked]);
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

/** Removals that removed nothing name a record that is not there. */
async function refuseUnknownRemovals(work: Work, { remove }: EditRequest): Promise<void> {
	const missing = await work.workspace.select(
		`SELECT value AS uuid FROM json_each(:remove)
		 WHERE value NOT IN (SELECT uuid FROM temp.differences WHERE change = 3)
		   AND value NOT IN (SELECT uuid FROM temp.staged)`,
		{ remove: JSON.stringify(remove) },
	);
	const [first] = missing;
	if (first !== undefined) throw errors.recordUnknown({ kind: 'records', uuid: String(first['uuid']) });
}

/** Analysis: what an import would do, nothing written. */
import { type Fault, STAGES, type Warning } from '../../schemas/problem.ts';
import { DssError } from '../errors.ts';
import { type Counts, sumCounts } from '../records/counts.ts';
import type { Incoming, UploadOptions } from './incoming.ts';
import { assertWithinLimits } from './record-limits.ts';
import { checkReferences } from './referential.ts';
import { assertMayBeMade, completeSet } from './target.ts';
import { type Claims, stageUpload } from './upload.ts';
import { faultsOf, type Work } from './work.ts';

export interface Analysis {
	readonly isValid: boolean;
	readonly format: Incoming['format'] | null;
	readonly schemaVersion: string | null;
	readonly project: { readonly uuid: string | null; readonly name: string } | null;
	readonly counts: Counts | null;
	readonly migrations: readonly string[];
	readonly errors: readonly Fault[];
	readonly errorsTotal: number;
	/** What refused, for the alert that it raises; null where nothing did. */
	readonly refusal: DssError | null;
	readonly warnings: readonly Warning[];
	/** Against the project as it stands; null where there is none. */
	readonly changes: { added: number; changed: number; removed: number; unchanged: number } | null;
	/** The revision that was compared with. */
	readonly revision: number | null;
}

/** Analyzes an upload. A refused upload is an answer, not an error. @throws {DssError} project_unknown */
export async function analyzeUpload(work: Work, upload: UploadOptions): Promise<Analysis> {
	let claims: Claims | null = null;
	try {
		const incoming = await stageUpload(work, upload, {
			onClaims(known) {
				claims = known;
			},
			async onTarget(projectUuid) {
				if ((await work.store.revision(projectUuid)) === null) assertMayBeMade(upload);
			},
		});
		return await compared(work, incoming);
	} catch (error) {
		if (!(error instanceof DssError) || error.stage === undefined || error.spec.status >= 499) throw error;
		return refused(work, error, claims);
	}
}

async function compared(work: Work, incoming: Incoming): Promise<Analysis> {
	const { projectUuid } = incoming;
	const current = await work.store.revision(projectUuid);
	const { set, here } = await completeSet(work, incoming, current);
	const rules = { references: incoming.references, inherited: null };
	await work.stage('referential', () => checkReferences(work, set, rules));
	const difference = here && set.compare(here).difference;
	if (current !== null && difference !== null) assertWithinLimits(current.counts, difference, work.limits);
	// A uuid that was made for the analysis alone says nothing.
	const hasIdentity = incoming.origin !== null || current !== null;
	return {
		isValid: true,
		format: incoming.format,
		schemaVersion: incoming.schemaVersion,
		project: {
			uuid: hasIdentity ? projectUuid : null,
			name:
				current !== null && incoming.format === 'dtcg' ? current.properties.name : incoming.properties.name,
		},
		counts: incoming.counts,
		migrations: incoming.migrations,
		errors: [],
		errorsTotal: 0,
		refusal: null,
		warnings: work.warnings,
		changes: difference && {
			added: sumCounts(difference.added),
			changed: sumCounts(difference.changed),
			removed: sumCounts(difference.removed),
			unchanged: sumCounts(difference.unchanged),
		},
		revision: current?.number ?? null,
	};
}

function refused(work: Work, error: DssError, claims: Claims | null): Analysis {
	const { faults, total } = faultsOf(error, error.stage ?? STAGES[0]);
	return {
		isValid: false,
		format: claims?.format ?? null,
		schemaVersion: claims?.schemaVersion ?? null,
		project: claims?.project ?? null,
		counts: null,
		migrations: [],
		errors: faults,
		errorsTotal: total,
		refusal: error,
		warnings: work.warnings,
		changes: null,
		revision: null,
	};
}

/** Analysis: what an import would do, nothing written. */
import { type Fault, STAGES, type Warning } from '../../schemas/problem.ts';
import { DssError } from '../errors.ts';
import type { Counts } from '../records/counts.ts';
import type { Revision } from '../store/port.ts';
import type { ChangeCounts } from './changes.ts';
import type { ImportOptions } from './import.ts';
import type { Incoming } from './incoming.ts';
import { countMergeChanges } from './merge/run.ts';
import type { MergeSettings } from './merge/settings.ts';
import { assertReplaceable, planReplacement } from './replacement.ts';
import { assertMayBeMade } from './target.ts';
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
	/** What the import would be refused with; null where it would succeed. */
	readonly refusal: DssError | null;
	readonly warnings: readonly Warning[];
	/** Against the project as it stands; null where there is none, or nothing to count. */
	readonly changes: ChangeCounts | null;
	/** The revision that was compared with. */
	readonly revision: number | null;
}

/** What an import would be asked for; its caller's revision is not held, since the answer names the revision. */
export type AnalysisOptions = Omit<ImportOptions, 'precondition'>;

/**
 * Analyzes an import. A refused upload is an answer, not an error.
 *
 * @throws {DssError} project_unknown; faults of the machine
 */
export async function analyzeUpload(work: Work, options: AnalysisOptions): Promise<Analysis> {
	const { upload } = options;
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
		return await compared(work, incoming, options);
	} catch (error) {
		if (!(error instanceof DssError) || error.stage === undefined || error.spec.status >= 499) throw error;
		return refused(work, error, claims);
	}
}

/** What an import would change, and why it would be refused although the upload is valid. */
interface Outlook {
	readonly changes: ChangeCounts | null;
	readonly refusal: DssError | null;
	/** What the project would be called. */
	readonly name: string;
}

async function compared(work: Work, incoming: Incoming, options: AnalysisOptions): Promise<Analysis> {
	const { projectUuid } = incoming;
	const current = await work.store.revision(projectUuid);
	const { changes, refusal, name } =
		options.merge === null || current === null
			? await replaced(work, incoming, current, options)
			: await merged(work, incoming, current, options.merge);
	// A uuid that was made for the analysis alone says nothing.
	const hasIdentity = incoming.origin !== null || current !== null;
	return {
		isValid: true,
		format: incoming.format,
		schemaVersion: incoming.schemaVersion,
		project: {
			uuid: hasIdentity ? projectUuid : null,
			name,
		},
		counts: incoming.counts,
		migrations: incoming.migrations,
		errors: [],
		errorsTotal: 0,
		refusal,
		warnings: work.warnings,
		changes,
		revision: current?.number ?? null,
	};
}

async function replaced(
	work: Work,
	incoming: Incoming,
	current: Revision | null,
	options: AnalysisOptions,
): Promise<Outlook> {
	const named = options.upload.name !== null;
	const replacement = await planReplacement(work, incoming, current, work.at(), named);
	const refusal = await refusalOf(() => assertReplaceable(work, incoming, current, replacement, options));
	return { changes: current && replacement.changes, refusal, name: replacement.properties.name };
}

/** A merge that would be refused for its conflicts has no changes to count. */
async function merged(
	work: Work,
	incoming: Incoming,
	current: Revision,
	settings: MergeSettings,
): Promise<Outlook> {
	let changes: ChangeCounts | null = null;
	const refusal = await refusalOf(async () => {
		changes = await countMergeChanges(work, incoming, current, settings);
	});
	// A merge of a foreign file brings no name.
	const { name } = incoming.format === 'dtcg' ? current.properties : incoming.properties;
	return { changes, refusal, name };
}

/** A refusal of no stage: the upload is valid, and the project as it stands or the caller's options are in its way. */
async function refusalOf(attempt: () => Promise<void>): Promise<DssError | null> {
	try {
		await attempt();
		return null;
	} catch (error) {
		if (!(error instanceof DssError) || error.stage !== undefined || error.spec.status >= 499) throw error;
		return error;
	}
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

/** One piece of work: what it may use, how long its stages took, its warnings, and whether it should go on. */
import type { Limits } from '../../schemas/config.ts';
import type { Fault, Stage, Warning } from '../../schemas/problem.ts';
import { DssError, errors, firstFaults, MAX_PROBLEM_BYTES } from '../errors.ts';
import type { Staging } from '../staging/port.ts';
import type { JobMark, Revision, Store } from '../store/port.ts';

export interface Progress {
	readonly stage: Stage;
	readonly done: number;
	/** 0 where it is not known. */
	readonly total: number;
}

export interface WorkOptions {
	readonly store: Store;
	/** Of the same thread as the store. */
	readonly staging: Staging;
	readonly limits: Limits;
	readonly signal: AbortSignal;
	readonly progress: (progress: Progress) => void;
	/** Called when the work stops because it was cancelled: from then on it rolls back. */
	readonly onCancelled?: () => void;
	/** The time now, in milliseconds since 1970. */
	readonly now: () => number;
	/** A name for the lease: whose work this is. */
	readonly holder: string;
	/** The job that it is, or may become; null where it cannot outlast its request. */
	readonly job: { readonly uuid: string; readonly holder: string } | null;
	/** Where the stages' durations are noted, in seconds. */
	readonly durations: Partial<Record<Stage, number>>;
}

/** 100 faults at most are reported in full, beside their number. */
const MAX_FAULTS = 100;

export class Work {
	readonly store: Store;
	readonly staging: Staging;
	readonly limits: Limits;
	readonly holder: string;
	readonly signal: AbortSignal;
	readonly warnings: Warning[] = [];
	readonly #options: WorkOptions;
	/** How long the stages within the running one took, in milliseconds. */
	#within = 0;

	constructor(options: WorkOptions) {
		this.#options = options;
		this.store = options.store;
		this.staging = options.staging;
		this.limits = options.limits;
		this.holder = options.holder;
		this.signal = options.signal;
	}

	/** The time now (RFC 3339). */
	at(): string {
		return new Date(this.#options.now()).toISOString();
	}

	/** What ends this work's job together with the revision that it makes. */
	mark(outcome: (revision: Revision) => object): JobMark | null {
		const { job } = this.#options;
		return job && { ...job, outcome: (revision) => JSON.stringify(outcome(revision)) };
	}

	/**
	 * Runs a stage: times it, names it in what it throws, and does not begin it once the work is cancelled. A stage that
	 * runs within another is timed and named by itself.
	 */
	async stage<T>(stage: Stage, run: () => Promise<T> | T): Promise<T> {
		this.step(stage, 0, 0);
		const begun = performance.now();
		const before = this.#within;
		this.#within = 0;
		try {
			return await run();
		} catch (error) {
			// Applying refuses nothing that an archive could mend.
			if (error instanceof DssError && stage !== 'apply') error.stage ??= stage;
			throw error;
		} finally {
			const { durations } = this.#options;
			const took = performance.now() - begun;
			durations[stage] = (durations[stage] ?? 0) + (took - this.#within) / 1000;
			this.#within = before + took;
		}
	}

	/** Reports how far a stage has come; throws where the work is cancelled. */
	step(stage: Stage, done: number, total: number): void {
		if (this.signal.aborted) {
			this.#options.onCancelled?.();
			throw errors.cancelled({});
		}
		this.#options.progress({ stage, done, total });
	}

	/** The same with a turn of the event loop, so that a cancellation can come in between long synchronous steps. */
	async pause(stage: Stage, done: number, total: number): Promise<void> {
		await new Promise((resolve) => setImmediate(resolve));
		this.step(stage, done, total);
	}
}

/** What a stage finds wrong: the first 100 in full, and how many there were. */
export class Findings {
	readonly #stage: Stage;
	readonly #found: DssError[] = [];
	#total = 0;
	#worst: DssError | undefined;

	constructor(stage: Stage) {
		this.#stage = stage;
	}

	get total(): number {
		return this.#total;
	}

	add(error: DssError): void {
		this.#total++;
		if (this.#found.length < MAX_FAULTS) this.#found.push(error);
		if (this.#worst === undefined || severity(error) > severity(this.#worst)) this.#worst = error;
	}

	/** Refuses with all that was found, named by the gravest; does nothing where there is none. */
	throwIfAny(): void {
		const error = this.#worst;
		if (error === undefined) return;
		error.stage = this.#stage;
		const faults = this.#found.map((found) => toFault(found, this.#stage));
		error.faults = firstFaults(faults, MAX_PROBLEM_BYTES);
		error.faultsTotal = this.#total;
		throw error;
	}
}

/** Hostile before too large before broken. */
function severity({ spec }: DssError): number {
	return spec.alert === undefined ? (spec.status === 413 ? 1 : 0) : 2;
}

/** An error as an entry of a problem document. */
export function toFault(error: DssError, stage: Stage): Fault {
	return { stage: error.stage ?? stage, code: error.code, message: error.message, details: error.details };
}

/** The faults that an error stands for: those that its stage found, or itself. */
export function faultsOf(error: DssError, stage: Stage): { faults: Fault[]; total: number } {
	const faults = error.faults ?? [toFault(error, stage)];
	return { faults, total: error.faultsTotal ?? faults.length };
}

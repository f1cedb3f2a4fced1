import { MAX_BATCH_BYTES } from '../records/bounded.ts';
import { allAdded, differencesOfCases, findDifferences } from './compare/differences.ts';
import { largeLosses } from './compare/removals.ts';
import { restamp } from './compare/restamp.ts';
import { firstUnknown } from './compare/unknown-records.ts';
import { countUnseen } from './compare/unseen.ts';
import type { Comparison, Difference, Layout, ThemeLoss } from './port.ts';
import type { Step } from './steps.ts';

/** Lines that are rewritten at once. */
const BATCH = { limit: 1_000, maxBytes: MAX_BATCH_BYTES };

/** A set beside the revision that it was compared with. */
export class ComparedSet implements Comparison {
	readonly #step: Step;
	readonly #difference: Difference;
	readonly revision: number;

	private constructor(step: Step, difference: Difference, revision: number) {
		this.#step = step;
		this.#difference = difference;
		this.revision = revision;
	}

	/** Compares record by record; with null, all are added. */
	static with(step: Step, here: Layout<'here'> | null): ComparedSet {
		const difference = step.run((db) => (here === null ? allAdded(db) : findDifferences(db)));
		return new ComparedSet(step, difference, here?.revision ?? 0);
	}

	/** The same for a merged whole of which nothing was staged since its cases were decided. */
	static ofCases(step: Step, here: Layout<'here'>): ComparedSet {
		return new ComparedSet(step, step.run(differencesOfCases), here.revision);
	}

	/** @throws {Error} where the staged records are no longer those that were compared */
	get difference(): Difference {
		return this.#step.run(() => this.#difference);
	}

	countUnseen(): number {
		return this.#step.run(countUnseen);
	}

	largeLosses(): ThemeLoss[] {
		return this.revision === 0 ? [] : this.#step.run(largeLosses);
	}

	firstUnknown(uuids: readonly string[]): string | null {
		return this.#step.run((db) => firstUnknown(db, uuids));
	}

	restamp(stamp: { readonly version: number; readonly at: string }): void {
		// In a new project every record is as it was staged.
		if (this.revision === 0) return;
		this.#step.run((db) => restamp(db, stamp, BATCH));
	}
}

import type { Kind } from '../../schemas/records.ts';
import { type Bounds, MAX_BATCH_BYTES } from '../records/bounded.ts';
import type { StagedRecord } from '../records/staged-record.ts';
import { applyDecisions, forks, isImported } from './compare/merged-whole.ts';
import { clashes, findClashes, isTaken } from './compare/names.ts';
import { decideCases, openCases, restage } from './compare/open-cases.ts';
import { findPairs, renamePairs } from './compare/pairs.ts';
import { compareThreeWay, holdsNews } from './compare/three-way.ts';
import { ComparedSet } from './compared-set.ts';
import type {
	CheckId,
	Comparison,
	Decision,
	Finding,
	Fork,
	MergedRecords,
	MergedSet,
	NameClash,
	OpenCase,
	OutcomeCounts,
	PageBounds,
	Rename,
	Sides,
	ThreeWay,
} from './port.ts';
import { indexSet, runCheck } from './sets.ts';
import type { Step } from './steps.ts';
import { STAGED } from './tables.ts';

/** Records that are renamed at once. */
const BATCH: Bounds = { limit: 500, maxBytes: MAX_BATCH_BYTES };

/** Staged records held against two revisions. */
export class MergeCases implements ThreeWay {
	readonly #step: Step;
	readonly #sides: Sides;
	readonly outcomes: OutcomeCounts;

	constructor(step: Step, sides: Sides, outcomes: OutcomeCounts) {
		this.#step = step;
		this.#sides = sides;
		this.outcomes = outcomes;
	}

	holdsNews(): boolean {
		return this.#step.run((db) => holdsNews(db, this.#sides));
	}

	pairIdentities(kind: Kind, rename: Rename): number {
		return this.#step.run((db) => {
			const found = findPairs(db, kind);
			if (found > 0) renamePairs(db, 'ours', rename, BATCH);
			return found;
		});
	}

	compareAgain(): ThreeWay {
		const outcomes = this.#step.run((db) => compareThreeWay(db, this.#sides));
		return new MergeCases(this.#step.next(), this.#sides, outcomes);
	}

	openCases(page: PageBounds): OpenCase[] {
		return this.#step.run((db) => openCases(db, this.#sides, page));
	}

	decide(decisions: readonly Decision[]): void {
		this.#step.run((db) => decideCases(db, decisions));
	}

	applyDecisions(): MergedRecords {
		this.#step.run((db) => applyDecisions(db, this.#sides));
		return new StagedMerge(this.#step.next(), this.#sides);
	}
}

/** What both steps over the merged whole share: records restaged under names that are free. */
class Named {
	protected readonly step: Step;
	protected readonly sides: Sides;
	/** Whether anything was staged since the cases were decided. */
	protected restaged: boolean;

	constructor(step: Step, sides: Sides, restaged: boolean) {
		this.step = step;
		this.sides = sides;
		this.restaged = restaged;
	}

	restage(records: readonly StagedRecord[]): void {
		this.restaged ||= records.length > 0;
		this.step.run((db) => restage(db, records));
	}

	isTaken(kind: Kind, name: string, group: string | null): boolean {
		return this.step.run((db) => isTaken(db, kind, name, group));
	}
}

class StagedMerge extends Named implements MergedRecords {
	constructor(step: Step, sides: Sides) {
		super(step, sides, false);
	}

	forks(kind: Kind, page: Bounds & { readonly after: string | null }): Fork[] {
		return this.step.run((db) => forks(db, kind, page));
	}

	renamePairs(rename: Rename): void {
		this.restaged = true;
		this.step.run((db) => renamePairs(db, 'chosen', rename, BATCH));
	}

	index(): MergedSet {
		this.step.run((db) => indexSet(db, STAGED));
		return new MergedWhole(this.step.next(), this.sides, this.restaged);
	}
}

class MergedWhole extends Named implements MergedSet {
	check(id: CheckId, report: (finding: Finding) => boolean): void {
		this.step.run((db) => runCheck(db, STAGED, id, report));
	}

	findClashes(): number {
		return this.step.run(findClashes);
	}

	clashes(page: PageBounds): NameClash[] {
		return this.step.run((db) => clashes(db, page));
	}

	isImported(records: number): boolean {
		return this.step.run((db) => isImported(db, records));
	}

	compare(): Comparison {
		const { here } = this.sides;
		return this.restaged ? ComparedSet.with(this.step, here) : ComparedSet.ofCases(this.step, here);
	}
}

import type { Scope, StagedRecord } from '../records/staged-record.ts';
import { type Connection, emptyTemporary, settled, translated } from '../sqlite/connection.ts';
import { carryOver, copyLayout } from './compare/carry-over.ts';
import { assertLaidOut } from './compare/layouts.ts';
import { compareThreeWay } from './compare/three-way.ts';
import { ComparedSet } from './compared-set.ts';
import { StoredFindings } from './known-findings.ts';
import { MergeCases } from './merge-cases.ts';
import type {
	CheckedSet,
	CheckId,
	Comparison,
	DeclinedLayout,
	Filling,
	Finding,
	IndexedSet,
	KnownFindings,
	Layout,
	LayoutName,
	Sides,
	Staging,
	ThreeWay,
} from './port.ts';
import { indexSet, runCheck } from './sets.ts';
import { type Step, Steps } from './steps.ts';
import { COMPARISON_TABLES, COPIED, fromStaged, PARAMETERS, STAGED, tablesOf } from './tables.ts';

const STAGE = `INSERT OR IGNORE INTO temp.staged VALUES (${PARAMETERS})`;

/** The staging of one worker thread, on a connection that a store may share. */
export class SqliteStaging implements Staging {
	readonly #db: Connection;
	readonly #steps: Steps;
	readonly #known: StoredFindings[] = [];

	constructor(db: Connection) {
		this.#db = db;
		this.#steps = new Steps(db);
	}

	begin(): Filling {
		this.end();
		translated(() => this.#db.exec(tablesOf(STAGED) + COMPARISON_TABLES));
		return new StagedFilling(this.#steps.next());
	}

	laidOut<Name extends LayoutName>(name: Name, revision: number): Layout<Name> {
		settled(this.#db, () => assertLaidOut(this.#db, name));
		return { name, revision };
	}

	laidOutDeclined(): DeclinedLayout {
		settled(this.#db, () => assertLaidOut(this.#db, 'declined'));
		return { name: 'declined' };
	}

	copy({ name }: Layout): CheckedSet {
		return settled(this.#db, () => {
			this.#db.exec(tablesOf(COPIED));
			this.#db.prepare(copyLayout(COPIED, name)).run();
			indexSet(this.#db, COPIED);
			return { check: (id, report) => translated(() => runCheck(this.#db, COPIED, id, report)) };
		});
	}

	remember(set: CheckedSet, checks: readonly CheckId[]): KnownFindings {
		const known = new StoredFindings(set, checks);
		this.#known.push(known);
		return known;
	}

	end(): void {
		this.#steps.next();
		for (const known of this.#known.splice(0)) known[Symbol.dispose]();
		settled(this.#db, () => emptyTemporary(this.#db));
	}
}

class StagedFilling implements Filling {
	readonly #step: Step;
	#highestVersion = 0;

	constructor(step: Step) {
		this.#step = step;
	}

	get highestVersion(): number {
		return this.#highestVersion;
	}

	/**
	 * The batches of one piece of work share a transaction, which whatever comes next commits: it is deferred and of
	 * TEMP tables only, so it locks nobody out, while one a batch would write the pages out each time.
	 */
	add(records: readonly StagedRecord[]): StagedRecord[] {
		return this.#step.fill((db) => {
			const insert = db.prepare(STAGE);
			return records.filter((record) => {
				this.#highestVersion = Math.max(this.#highestVersion, record.version);
				return insert.run(...fromStaged(record)).changes === 0;
			});
		});
	}

	carryOver(_here: Layout<'here'>, scope: Scope): void {
		this.#step.run((db) => carryOver(db, scope));
	}

	index(): IndexedSet {
		this.#step.run((db) => indexSet(db, STAGED));
		return new StagedSet(this.#step.next());
	}

	compareUnchecked(here: Layout<'here'>): Comparison {
		return ComparedSet.with(this.#step.next(), here);
	}

	compareThreeWay(sides: Sides): ThreeWay {
		const outcomes = this.#step.run((db) => compareThreeWay(db, sides));
		return new MergeCases(this.#step.next(), sides, outcomes);
	}
}

class StagedSet implements IndexedSet {
	readonly #step: Step;

	constructor(step: Step) {
		this.#step = step;
	}

	check(id: CheckId, report: (finding: Finding) => boolean): void {
		this.#step.run((db) => runCheck(db, STAGED, id, report));
	}

	compare(here: Layout<'here'> | null): Comparison {
		return ComparedSet.with(this.#step, here);
	}
}

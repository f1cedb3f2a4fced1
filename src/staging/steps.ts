import { type Connection, settled, translated } from '../sqlite/connection.ts';

/** The right to work on the staged records until somebody takes the next step. */
export interface Step {
	/** Runs something against SQLite. @throws {Error} once the step has ended */
	run<T>(run: (db: Connection) => T): T;
	/** The same within one transaction, which the next `run` of any step commits. */
	fill<T>(run: (db: Connection) => T): T;
	/** Ends this step and begins another. */
	next(): Step;
}

/** The steps of one connection, one after the other. */
export class Steps {
	readonly #db: Connection;
	#newest = 0;

	constructor(db: Connection) {
		this.#db = db;
	}

	/** Begins a step; the one before ends. */
	next(): Step {
		const number = ++this.#newest;
		const db = this.#db;
		const hold = () => {
			if (number !== this.#newest)
				throw new Error('these staged records have been taken over by a later step');
		};
		return {
			run(run) {
				hold();
				return settled(db, () => run(db));
			},
			fill(run) {
				hold();
				return translated(() => {
					if (!db.inTransaction) db.exec('BEGIN');
					return run(db);
				});
			},
			next: () => {
				hold();
				return this.next();
			},
		};
	}
}

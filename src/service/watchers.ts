import { errors } from '../errors.ts';

/** Streams of events that may be open for one job, and for all: each holds a connection and a timer. */
const MAX_PER_JOB = 20;
const MAX_IN_ALL = 500;

/** Counts who watches jobs, and refuses more than may. */
export class Watchers {
	readonly #open = new Map<string, number>();
	#all = 0;

	/** Takes a place, given back by the function that it answers. @throws {DssError} too_busy */
	take(uuid: string): () => void {
		const open = this.#open.get(uuid) ?? 0;
		if (open >= MAX_PER_JOB || this.#all >= MAX_IN_ALL) throw errors.tooBusy({ retry_after: 5 });
		this.#open.set(uuid, open + 1);
		this.#all++;
		let taken = true;
		return () => {
			if (!taken) return;
			taken = false;
			this.#all--;
			const left = (this.#open.get(uuid) ?? 1) - 1;
			if (left === 0) this.#open.delete(uuid);
			else this.#open.set(uuid, left);
		};
	}
}

import { errors } from '../errors.ts';

export interface AdmissionOptions {
	/** Pieces of archive work and edits that may run and wait at once. */
	readonly capacity: number;
	readonly waitingJobs: () => number;
}

/** Places for work that a request waits for: beyond them a request is refused before its body is read (REFUSALS 42). */
export class Admission {
	readonly #options: AdmissionOptions;
	#admitted = 0;

	constructor(options: AdmissionOptions) {
		this.#options = options;
	}

	/** Takes a place until it is disposed of. @throws {DssError} too_busy */
	admit(): Disposable {
		this.assertRoom();
		this.#admitted++;
		return { [Symbol.dispose]: () => void this.#admitted-- };
	}

	/** Refuses where no place is free; takes none. @throws {DssError} too_busy */
	assertRoom(): void {
		const { capacity, waitingJobs } = this.#options;
		if (this.#admitted + waitingJobs() >= capacity) throw errors.tooBusy({ retry_after: 2 });
	}
}

/** How much work references may cause (REFUSALS 43): few of them can unfold into very many values. */
import { errors } from '../errors.ts';

/** Steps that any set of records may take. */
const LEAST = 100_000;
const PER_TOKEN = 100;

/** Steps of one check, or of one file, counted down: references that are followed, nodes that are copied. */
export class ReferenceBudget {
	readonly #limit: number;
	#spent = 0;

	/** @param tokens how many there are */
	constructor(tokens: number) {
		this.#limit = Math.max(LEAST, PER_TOKEN * tokens);
	}

	get spent(): number {
		return this.#spent;
	}

	/** @throws {DssError} reference_web_too_large, of stage referential */
	spend(steps: number): void {
		this.#spent += steps;
		if (this.#spent <= this.#limit) return;
		const error = errors.referenceWebTooLarge({ value: this.#limit });
		error.stage = 'referential';
		throw error;
	}
}

/**
 * Idempotency-Key (IETF draft-ietf-httpapi-idempotency-key-header §2): the same key with the same request gets the
 * first answer again. Requests that failed may be tried again under their key: their answers are not kept.
 */
import { errors } from '../errors.ts';
import type { IdempotencyKeys } from '../jobs/keys.ts';
import { canonicalJson, sha256 } from '../records/canonical.ts';

/** What is kept of an answer; `body` is null for a file, which is made again from `revision`. */
export interface KeptAnswer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: unknown;
	readonly revision: number | null;
}

export class Idempotency {
	readonly #keys: IdempotencyKeys;

	constructor(keys: IdempotencyKeys) {
		this.#keys = keys;
	}

	/**
	 * Answers a request, or gives the answer that its key has already.
	 *
	 * @param key null: each request is answered for itself
	 * @param request all that makes two requests the same
	 * @throws {DssError} idempotency_key_in_use, idempotency_key_reused, and what `answer` throws
	 */
	async once(
		key: string | null,
		request: object,
		answer: () => Promise<KeptAnswer>,
	): Promise<{ answer: KeptAnswer; again: boolean }> {
		if (key === null) return { answer: await answer(), again: false };
		const fingerprint = sha256(canonicalJson(request));
		const known = await this.#keys.begin({ key, fingerprint, now: Date.now() });
		if (known !== null) {
			if (known.fingerprint !== fingerprint) throw errors.keyReused({});
			if (known.answer === null) throw errors.keyInUse({ retry_after: 2 });
			// Written below, and by nothing else.
			return { answer: JSON.parse(known.answer) as KeptAnswer, again: true };
		}
		try {
			const first = await answer();
			await this.#keys.end({ key, answer: JSON.stringify(first) });
			return { answer: first, again: false };
		} catch (error) {
			await this.#keys.end({ key, answer: null });
			throw error;
		}
	}
}

/**
 * The IdempotencyKeys port: answers by the Idempotency-Key of their request.
 *
 * - **Fingerprint**: digest of all that makes two requests the same.
 * - **Answer**: what the first request with a key was answered, as JSON; null while that request runs.
 */

/** What a key was used for. */
export interface KnownKey {
	readonly fingerprint: string;
	readonly answer: string | null;
}

/** How many keys are kept, and how many bytes their answers may have together. */
export const MAX_KEYS = 100_000;
export const MAX_KEY_BYTES = 64_000_000;

export interface IdempotencyKeys {
	/**
	 * Keeps a key while its request runs. Answers null; or, where the key is known already, what it was used for, and
	 * then changes nothing. `now` in milliseconds since 1970. Where there are too many, the oldest that have their
	 * answers are forgotten.
	 */
	begin(ask: { key: string; fingerprint: string; now: number }): Promise<KnownKey | null>;
	/**
	 * Keeps the answer of a key's request; null forgets the key. Where the answers have too many bytes, the oldest are
	 * forgotten with their keys.
	 */
	end(ask: { key: string; answer: string | null }): Promise<void>;
	/** Forgets keys that began before a time (milliseconds since 1970). */
	expire(before: number): Promise<void>;
	/** At start: forgets keys without an answer, whose requests ended with their process. */
	recover(): Promise<void>;
}

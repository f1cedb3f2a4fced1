/**
 * The Outbox port: messages about ends of jobs, one for each address.
 *
 * - **Delivery**: one message to one address, kept until it has arrived or was given up. It is written in the
 *   transaction that ends the job: there is no end without it, and none is written twice.
 * - **Origin**: scheme, host and port of an address. Origins take turns, so that one that does not answer cannot keep
 *   the others waiting.
 */
import type { Job } from './queue.ts';

export interface Delivery {
	readonly number: number;
	readonly url: string;
	readonly origin: string;
	/** How often it was tried. */
	readonly attempts: number;
	/** The job that ended. */
	readonly job: Job;
}

export interface Outbox {
	/**
	 * Deliveries that are due at `now` (milliseconds since 1970), oldest first, `perOrigin` of each origin at most and
	 * without those in `underway`.
	 */
	due(ask: { now: number; perOrigin: number; underway: readonly number[] }): Promise<Delivery[]>;
	/** Removes a delivery that arrived or was given up. */
	remove(number: number): Promise<void>;
	/** Counts an attempt; the next is due at `notBefore` (milliseconds since 1970). */
	defer(ask: { number: number; notBefore: number }): Promise<void>;
}

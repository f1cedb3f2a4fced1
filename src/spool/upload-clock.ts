import type { Readable } from 'node:stream';
import { type DssError, errors } from '../errors.ts';

export interface UploadTimes {
	/** How long an upload may send nothing, in milliseconds. */
	readonly idleMs: number;
	/** How long an upload may take, in milliseconds. */
	readonly totalMs: number;
}

/**
 * Times the whole body of an upload, form fields included: a sender that falls silent or trickles holds neither a
 * connection nor a place for ever (REFUSALS 38). Dispose of it when the body has been read.
 */
export class UploadClock implements Disposable {
	readonly #late = new AbortController();
	readonly #stop: () => void;
	/** Rejects when the time is up. @throws {DssError} upload_timeout */
	readonly expired: Promise<never>;

	/**
	 * Begins at once. Whoever reads the body must begin in the same turn of the event loop.
	 *
	 * @param body watched, never destroyed: the answer still has to go out on its connection
	 */
	constructor(body: Readable, { idleMs, totalMs }: UploadTimes, onStop: () => void) {
		const { signal } = this.#late;
		this.expired = new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
		// Nobody may be waiting for it when the time is up.
		this.expired.catch(() => undefined);
		const late = (ms: number) => () => this.#late.abort(lateAfter(ms));
		const idle = setTimeout(late(idleMs), idleMs);
		const total = setTimeout(late(totalMs), totalMs);
		const moves = () => void idle.refresh();
		body.on('data', moves);
		this.#stop = () => {
			clearTimeout(idle);
			clearTimeout(total);
			body.off('data', moves);
			onStop();
		};
	}

	/** Aborted, with upload_timeout for its reason, when the time is up. */
	get signal(): AbortSignal {
		return this.#late.signal;
	}

	[Symbol.dispose](): void {
		this.#stop();
	}
}

function lateAfter(ms: number): DssError {
	return errors.uploadTimeout({ seconds: Math.round(ms / 1000) });
}

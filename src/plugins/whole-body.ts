/** Whole bodies in memory, within their limits: none holds a connection for ever, and all together have a bound. */
import type { Readable } from 'node:stream';
import { type DssError, errors } from '../errors.ts';

export interface BodyLimits {
	readonly maxBytes: number;
	/** How long the sender may send nothing, in milliseconds. */
	readonly idleMs: number;
	/** How long the whole may take, in milliseconds. */
	readonly totalMs: number;
}

/** A body that was received. It counts until it is released, once. */
export interface WholeBody {
	readonly content: Buffer;
	release(): void;
}

/** A body that is coming in. */
interface Reception {
	bytes: number;
	/** Ends it. */
	readonly settle: (fault: DssError | null) => void;
}

const RETRY_AFTER_SECONDS = 1;

export class BodyMemory {
	readonly #maxBytes: number;
	#bytes = 0;
	/** In the order in which they began. */
	readonly #coming = new Set<Reception>();

	/** @param maxBytes what all bodies may have together */
	constructor(maxBytes: number) {
		this.#maxBytes = maxBytes;
	}

	/**
	 * Reads a body. The stream is never destroyed: the answer still has to go out on its connection. Where there is no
	 * room, the body that has been coming for the longest gives way: whoever sends slowly keeps nobody out.
	 *
	 * @throws {DssError} upload_too_large, upload_timeout, upload_cut_off, too_busy
	 */
	read(body: Readable, { maxBytes, idleMs, totalMs }: BodyLimits): Promise<WholeBody> {
		return new Promise((resolve, reject) => {
			const chunks: Buffer[] = [];
			const settle = (fault: DssError | null) => {
				clearTimeout(idle);
				clearTimeout(total);
				body.off('data', take).off('end', whole).off('close', cutOff);
				this.#coming.delete(own);
				if (fault === null) resolve(this.#whole(Buffer.concat(chunks, own.bytes)));
				else {
					this.#bytes -= own.bytes;
					chunks.length = 0;
					reject(fault);
				}
			};
			const own: Reception = { bytes: 0, settle };
			const take = (chunk: Buffer) => {
				idle.refresh();
				own.bytes += chunk.length;
				this.#bytes += chunk.length;
				chunks.push(chunk);
				if (own.bytes > maxBytes) settle(errors.bodyTooLarge({ value: maxBytes }));
				else this.#makeRoom();
			};
			const whole = () => settle(null);
			const cutOff = () => settle(errors.uploadCutOff({}));
			const late = (ms: number) => () => settle(errors.uploadTimeout({ seconds: Math.round(ms / 1000) }));
			const idle = setTimeout(late(idleMs), idleMs);
			const total = setTimeout(late(totalMs), totalMs);
			this.#coming.add(own);
			// A connection that breaks closes the body; the error itself says no more, also where it comes after the answer.
			body
				.on('data', take)
				.once('end', whole)
				.once('close', cutOff)
				.on('error', () => undefined);
			if (body.destroyed) cutOff();
		});
	}

	/** The body that sends is among those that are coming, so at the latest it gives way itself. */
	#makeRoom(): void {
		for (const oldest of this.#coming) {
			if (this.#bytes <= this.#maxBytes) return;
			oldest.settle(errors.tooBusy({ retry_after: RETRY_AFTER_SECONDS }));
		}
	}

	#whole(content: Buffer): WholeBody {
		let isHeld = true;
		const release = () => {
			if (isHeld) this.#bytes -= content.length;
			isHeld = false;
		};
		return { content, release };
	}
}

/** A whole body in memory, within its limits: a sender that falls silent holds no connection for ever. */
import type { Readable } from 'node:stream';
import { type DssError, errors } from '../errors.ts';

export interface BodyLimits {
	readonly maxBytes: number;
	/** How long the sender may send nothing, in milliseconds. */
	readonly idleMs: number;
	/** How long the whole may take, in milliseconds. */
	readonly totalMs: number;
}

/**
 * Reads a body. The stream is never destroyed: the answer still has to go out on its connection.
 *
 * @throws {DssError} upload_too_large, upload_timeout, upload_cut_off
 */
export function readWholeBody(body: Readable, { maxBytes, idleMs, totalMs }: BodyLimits): Promise<Buffer> {
	return new Promise((resolve, reject) => {
		const chunks: Buffer[] = [];
		let bytes = 0;
		const settle = (fault: DssError | null) => {
			clearTimeout(idle);
			clearTimeout(total);
			body.off('data', take).off('end', whole).off('close', cutOff);
			if (fault === null) resolve(Buffer.concat(chunks, bytes));
			else reject(fault);
		};
		const take = (chunk: Buffer) => {
			idle.refresh();
			bytes += chunk.length;
			if (bytes > maxBytes) settle(errors.bodyTooLarge({ value: maxBytes }));
			else chunks.push(chunk);
		};
		const whole = () => settle(null);
		const cutOff = () => settle(errors.uploadCutOff({}));
		const late = (ms: number) => () => settle(errors.uploadTimeout({ seconds: Math.round(ms / 1000) }));
		const idle = setTimeout(late(idleMs), idleMs);
		const total = setTimeout(late(totalMs), totalMs);
		// A connection that breaks closes the body; the error itself says no more, also where it comes after the answer.
		body
			.on('data', take)
			.once('end', whole)
			.once('close', cutOff)
			.on('error', () => undefined);
		if (body.destroyed) cutOff();
	});
}

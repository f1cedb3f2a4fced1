import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { errors } from '../../errors.ts';

/**
 * A file read by position. Synchronous on purpose: it serves the structures of an archive, a few bytes each, in a
 * worker thread, where a system call costs less than a turn of the event loop.
 */
export class FileBytes {
	readonly fd: number;
	readonly size: number;

	constructor(path: string) {
		this.fd = openSync(path, 'r');
		this.size = fstatSync(this.fd).size;
	}

	/** The bytes of a range. @throws {DssError} not_an_archive where the file is shorter */
	read(position: number, length: number): Buffer {
		const buffer = Buffer.allocUnsafe(length);
		let filled = 0;
		while (filled < length) {
			const count = readSync(this.fd, buffer, filled, length - filled, position + filled);
			if (count === 0) throw errors.notAnArchive({ reason: 'the file is cut off' });
			filled += count;
		}
		return buffer;
	}

	close(): void {
		closeSync(this.fd);
	}
}

/** A 64-bit number; what a double cannot hold is larger than any file here, and becomes the largest integer. */
export function uint64(buffer: Buffer, at: number): number {
	const value = Number(buffer.readBigUInt64LE(at));
	return Number.isSafeInteger(value) ? value : Number.MAX_SAFE_INTEGER;
}

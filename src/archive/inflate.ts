/** Inflates an entry's data. */
import type { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { errors } from '../errors.ts';
import type { ZipEntry } from './container/structures.ts';
import { isMachineFault } from './machine-fault.ts';

/** Large pieces mean few turns of the event loop: 256 KiB inflates some 15 % faster than zlib's 16 KiB, measured. */
const CHUNK_BYTES = 262_144;

/**
 * Inflates an entry's data, and holds that the deflate stream ends just where the data does (REFUSALS 17, 17e).
 *
 * @throws {DssError} corrupt_entry, size_mismatch
 * @throws {Error} a fault of the machine while the file is read, as it is
 */
export async function* inflated(
	raw: Readable,
	{ name, compressedBytes }: Pick<ZipEntry, 'name' | 'compressedBytes'>,
): AsyncGenerator<Buffer> {
	const inflate = createInflateRaw({ chunkSize: CHUNK_BYTES });
	raw.on('error', (error) => inflate.destroy(error));
	raw.pipe(inflate);
	try {
		// A zlib stream gives Buffers.
		for await (const piece of inflate as AsyncIterable<Buffer>) yield piece;
	} catch (error) {
		if (isMachineFault(error)) throw error;
		throw errors.corruptEntry({ entry: name, reason: 'its deflate stream is broken' }, error);
	} finally {
		inflate.destroy();
	}
	if (inflate.bytesWritten !== compressedBytes) {
		throw errors.hiddenData({ entry: name, reason: 'bytes stand behind the end of its deflate stream' });
	}
}

/**
 * yauzl reads the directory too: where it sees another archive than we did, the file is ambiguous (REFUSALS 10). Names
 * are compared as bytes: without flag bit 11 it reads them as CP437, as APPNOTE D.1 has it, and we as UTF-8, as
 * Info-ZIP writes them.
 */
import yauzl from 'yauzl';
import { errors } from '../../errors.ts';
import { isMachineFault } from '../machine-fault.ts';
import type { ZipEntry } from './structures.ts';

/**
 * Opens the archive with yauzl and compares. The caller closes it.
 *
 * @throws {DssError} ambiguous_archive
 * @throws {Error} a fault of the machine, as it is: no verdict on the archive
 */
export async function secondOpinion(path: string, entries: readonly ZipEntry[]): Promise<yauzl.ZipFile> {
	let zip: yauzl.ZipFile | undefined;
	try {
		zip = await yauzl.openPromise(path, { autoClose: false, lazyEntries: true, strictFileNames: true });
		let index = 0;
		for await (const seen of zip.eachEntry()) {
			const ours = entries[index++];
			if (
				ours === undefined ||
				!seen.fileNameRaw.equals(ours.nameBytes) ||
				seen.compressedSize !== ours.compressedBytes ||
				seen.uncompressedSize !== ours.bytes ||
				seen.relativeOffsetOfLocalHeader !== ours.localOffset
			) {
				throw new Error(`entry ${index} reads differently`);
			}
		}
		if (index !== entries.length) throw new Error(`${index} entries instead of ${entries.length}`);
		return zip;
	} catch (error) {
		zip?.close();
		if (isMachineFault(error)) throw error;
		throw errors.ambiguousArchive({ reason: 'two readers disagree about its entries' }, error);
	}
}

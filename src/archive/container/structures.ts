/**
 * The structures of a ZIP file, as APPNOTE 6.3.10 describes them. The files beside this one read them; what may stand
 * in the fields is judged by the checks.
 */

/** One extra field (APPNOTE 4.5.1). */
export interface Extra {
	readonly id: number;
	/** Empty where the field is of no use here. */
	readonly data: Buffer;
}

/** Where the directory stands, and where it says so. */
export interface End {
	readonly entries: number;
	readonly directoryOffset: number;
	readonly directoryBytes: number;
	/** Where the first of the end records begins: the directory must end there. */
	readonly begins: number;
}

/** What a local or central header says of an entry. */
export interface Header {
	readonly nameBytes: Buffer;
	readonly flags: number;
	readonly method: number;
	readonly versionNeeded: number;
	readonly crc: number;
	readonly compressedBytes: number;
	readonly bytes: number;
	readonly extras: readonly Extra[];
	/** Whether a ZIP64 extra field gave sizes. */
	readonly zip64: boolean;
}

/** An entry as the central directory has it. */
export interface CentralRecord extends Header {
	readonly name: string;
	readonly madeBy: number;
	readonly disk: number;
	readonly externalAttributes: number;
	readonly localOffset: number;
}

/** An entry with its local header and the place of its bytes. */
export interface ZipEntry extends CentralRecord {
	readonly local: Header;
	readonly dataOffset: number;
}

/** The directory of an archive: all there is to know before a byte is inflated. */
export interface Directory {
	readonly end: End;
	readonly entries: readonly ZipEntry[];
}

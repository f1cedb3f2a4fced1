/**
 * Builds ZIP files in which every field can be altered (APPNOTE 4.3). Without options the result is a plain, correct
 * archive; each option changes one thing and leaves the rest as it would be.
 */
import { crc32, deflateRawSync } from 'node:zlib';

export interface Extra {
	readonly id: number;
	readonly data: Buffer;
}

export interface EntrySpec {
	readonly name: string | Buffer;
	readonly content?: Buffer | string;
	readonly method?: number;
	/** The bytes written as the entry's data, instead of the content compressed. */
	readonly data?: Buffer;
	readonly flags?: number;
	readonly madeBy?: number;
	readonly versionNeeded?: number;
	readonly externalAttributes?: number;
	readonly crc?: number;
	readonly bytes?: number;
	readonly compressedBytes?: number;
	readonly extras?: readonly Extra[] | Buffer;
	readonly disk?: number;
	/** What differs in the local header. */
	readonly local?: Partial<{
		signature: number;
		name: string | Buffer;
		method: number;
		flags: number;
		crc: number;
		bytes: number;
		compressedBytes: number;
		versionNeeded: number;
		extras: readonly Extra[] | Buffer;
	}>;
	/** The offset of the local header that the central record gives. */
	readonly localOffset?: number;
	/** A data descriptor (flag bit 3): true for a right one, or its bytes. */
	readonly descriptor?: boolean | Buffer;
	/** Leaves the local part away: the central record points at another's. */
	readonly centralOnly?: boolean;
	/** Bytes before the local header that belong to no entry. */
	readonly gap?: Buffer;
}

export interface ArchiveSpec {
	readonly prefix?: Buffer;
	readonly beforeDirectory?: Buffer;
	readonly afterDirectory?: Buffer;
	readonly suffix?: Buffer;
	readonly comment?: Buffer;
	/** What differs in the end record. */
	readonly end?: Partial<{
		disk: number;
		directoryDisk: number;
		diskEntries: number;
		entries: number;
		directoryBytes: number;
		directoryOffset: number;
		commentBytes: number;
	}>;
	/** ZIP64 end record and locator: true for right ones, or what they say otherwise. */
	readonly zip64?:
		| boolean
		| Partial<{
				entries: number;
				directoryBytes: number;
				directoryOffset: number;
				recordOffset: number;
				signature: number;
				sentinels: boolean;
		  }>;
}

const u16 = (value: number) => {
	const buffer = Buffer.alloc(2);
	buffer.writeUInt16LE(value);
	return buffer;
};
const u32 = (value: number) => {
	const buffer = Buffer.alloc(4);
	buffer.writeUInt32LE(value >>> 0);
	return buffer;
};
export const u64 = (value: number) => {
	const buffer = Buffer.alloc(8);
	buffer.writeBigUInt64LE(BigInt(value));
	return buffer;
};
const bytesOf = (text: string | Buffer) => (typeof text === 'string' ? Buffer.from(text) : text);
const extraBytes = (extras: readonly Extra[] | Buffer) =>
	Buffer.isBuffer(extras)
		? extras
		: Buffer.concat(extras.flatMap(({ id, data }) => [u16(id), u16(data.length), data]));

/** A right data descriptor (APPNOTE 4.3.9), with its signature or without, of 4-byte or 8-byte sizes. */
export function dataDescriptor(
	crc: number,
	compressed: number,
	bytes: number,
	options: { signature?: boolean; wide?: boolean } = {},
): Buffer {
	const size = options.wide ? u64 : u32;
	return Buffer.concat([
		...(options.signature === false ? [] : [u32(0x08074b50)]),
		u32(crc),
		size(compressed),
		size(bytes),
	]);
}

/** Writes an archive. */
export function buildZip(specs: readonly EntrySpec[], archive: ArchiveSpec = {}): Buffer {
	const parts: Buffer[] = [];
	let at = 0;
	const write = (buffer: Buffer) => {
		parts.push(buffer);
		at += buffer.length;
	};
	write(archive.prefix ?? Buffer.alloc(0));
	const central = specs.map((spec) => writeEntry(spec, write, () => at));
	write(archive.beforeDirectory ?? Buffer.alloc(0));
	const directoryOffset = at;
	for (const record of central) write(record);
	const directoryBytes = at - directoryOffset;
	write(archive.afterDirectory ?? Buffer.alloc(0));
	writeEnd({ entries: specs.length, directoryBytes, directoryOffset }, archive, write, at);
	write(archive.suffix ?? Buffer.alloc(0));
	return Buffer.concat(parts);
}

/** Writes an entry's local part and answers its central record. */
function writeEntry(spec: EntrySpec, write: (buffer: Buffer) => void, position: () => number): Buffer {
	const content = bytesOf(spec.content ?? '');
	const method = spec.method ?? 8;
	const data = spec.data ?? (method === 8 ? deflateRawSync(content) : content);
	const name = bytesOf(spec.name);
	const flags = spec.flags ?? (spec.descriptor ? 0x0808 : 0x0800);
	const crc = spec.crc ?? crc32(content);
	const bytes = spec.bytes ?? content.length;
	const compressedBytes = spec.compressedBytes ?? data.length;
	const extras = extraBytes(spec.extras ?? []);
	const versionNeeded = spec.versionNeeded ?? 20;
	write(spec.gap ?? Buffer.alloc(0));
	const localOffset = spec.localOffset ?? position();
	if (!spec.centralOnly) {
		const local = spec.local ?? {};
		const zeroed = spec.descriptor !== undefined;
		const localName = bytesOf(local.name ?? name);
		const localExtras = local.extras === undefined ? extras : extraBytes(local.extras);
		write(u32(local.signature ?? 0x04034b50));
		write(
			Buffer.concat([
				u16(local.versionNeeded ?? versionNeeded),
				u16(local.flags ?? flags),
				u16(local.method ?? method),
				u16(0),
				u16(33),
			]),
		);
		write(u32(local.crc ?? (zeroed ? 0 : crc)));
		write(u32(local.compressedBytes ?? (zeroed ? 0 : compressedBytes)));
		write(u32(local.bytes ?? (zeroed ? 0 : bytes)));
		write(Buffer.concat([u16(localName.length), u16(localExtras.length), localName, localExtras, data]));
		if (Buffer.isBuffer(spec.descriptor)) write(spec.descriptor);
		else if (spec.descriptor) write(dataDescriptor(crc, compressedBytes, bytes));
	}
	return Buffer.concat([
		u32(0x02014b50),
		u16(spec.madeBy ?? 0x031e),
		u16(versionNeeded),
		u16(flags),
		u16(method),
		u16(0),
		u16(33),
		u32(crc),
		u32(compressedBytes),
		u32(bytes),
		u16(name.length),
		u16(extras.length),
		u16(0),
		u16(spec.disk ?? 0),
		u16(0),
		u32(spec.externalAttributes ?? (0o100644 << 16) >>> 0),
		u32(localOffset),
		name,
		extras,
	]);
}

function writeEnd(
	real: { entries: number; directoryBytes: number; directoryOffset: number },
	{ zip64, end = {}, comment = Buffer.alloc(0) }: ArchiveSpec,
	write: (buffer: Buffer) => void,
	at: number,
): void {
	const large = zip64 === true ? {} : zip64 || null;
	if (large !== null) {
		write(Buffer.concat([u32(large.signature ?? 0x06064b50), u64(44), u16(45), u16(45), u32(0), u32(0)]));
		write(u64(large.entries ?? real.entries));
		write(u64(large.entries ?? real.entries));
		write(u64(large.directoryBytes ?? real.directoryBytes));
		write(u64(large.directoryOffset ?? real.directoryOffset));
		write(Buffer.concat([u32(0x07064b50), u32(0), u64(large.recordOffset ?? at), u32(1)]));
	}
	const sentinels = large?.sentinels === true;
	const entries = end.entries ?? (sentinels ? 0xffff : real.entries);
	write(
		Buffer.concat([
			u32(0x06054b50),
			u16(end.disk ?? 0),
			u16(end.directoryDisk ?? 0),
			u16(end.diskEntries ?? entries),
			u16(entries),
		]),
	);
	write(u32(end.directoryBytes ?? (sentinels ? 0xffffffff : real.directoryBytes)));
	write(u32(end.directoryOffset ?? (sentinels ? 0xffffffff : real.directoryOffset)));
	write(Buffer.concat([u16(end.commentBytes ?? comment.length), comment]));
}

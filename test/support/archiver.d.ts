/** archiver 8 comes without types; what the tests use of it. */
declare module 'archiver' {
	import type { Readable, Transform } from 'node:stream';

	export class ZipArchive extends Transform {
		constructor(options?: { forceZip64?: boolean });
		append(content: Buffer | Readable, options: { name: string }): this;
		finalize(): Promise<void>;
	}
}

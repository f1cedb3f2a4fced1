/**
 * Whether an error comes from a call to the operating system (EMFILE, EIO, ENOENT …). zlib's errors have a number
 * too, but name no call.
 */
export function isMachineFault(error: unknown): boolean {
	return error instanceof Error && 'syscall' in error && typeof error.syscall === 'string';
}

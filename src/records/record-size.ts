/** The size of a record: that of its canonical line, its bookkeeping counted at a fixed length. */

/** A version of one digit, and two times with milliseconds. */
const COUNTED = 1 + 24 + 24;
/** A version of up to 15 digits (2^48), and two times of up to nine decimals: 30 characters each. */
const LONGEST = 15 + 30 + 30;

/** So much longer than its size a line can be. */
export const BOOKKEEPING_SLACK = LONGEST - COUNTED;

/**
 * The size of a record in bytes. A new version or time does not change it, so what is small enough once stays so,
 * however often it is written again: the line is never longer than its size and `BOOKKEEPING_SLACK`.
 *
 * @param line the canonical line
 */
export function recordBytes(line: string, version: number, createdAt: string, updatedAt: string): number {
	const bookkeeping = String(version).length + createdAt.length + updatedAt.length;
	return Buffer.byteLength(line) - bookkeeping + COUNTED;
}

/** Numbers in JSON text: which of them a double holds exactly enough to be written again. */

/** A number of more characters is refused (REFUSALS 44); the zeros that a small one begins with are not counted. */
export const MAX_NUMBER_LENGTH = 40;

/** Whether a number is refused for its length alone. */
export function isTooLong(raw: string): boolean {
	if (raw.length <= MAX_NUMBER_LENGTH) return false;
	let begin = 0;
	while (begin < raw.length && '-0.'.includes(raw.charAt(begin))) begin++;
	return raw.length - begin > MAX_NUMBER_LENGTH;
}

/**
 * Whether a number's text and the double read from it name the same value, and differs from its
 * neighbours (REFUSALS 29; RFC 7493 §2.2).
 *
 * @param raw a number by the grammar of RFC 8259 §6
 */
export function survives(raw: string): boolean {
	if (isTooLong(raw)) return false;
	const value = Number(raw);
	if (!Number.isFinite(value) || isUnsafe(value)) return false;
	const written = String(value);
	return written === raw || decimal(written) === decimal(raw);
}

/**
 * Whole numbers beyond ±(2^53 − 1) that are written in plain digits, so that a reader may take them for exact. From
 * 10^21 on ECMAScript writes an exponent, which nobody takes for that.
 */
export function isUnsafe(value: number): boolean {
	return Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 1e21;
}

/** A number's text as sign, digits and exponent without needless zeros, so that equal values are equal texts. */
function decimal(raw: string): string {
	const sign = raw.startsWith('-') ? '-' : '';
	const [mantissa = '', exponent = '0'] = raw.slice(sign.length).toLowerCase().split('e');
	const [whole = '', fraction = ''] = mantissa.split('.');
	const digits = whole + fraction;
	let begin = 0;
	let end = digits.length;
	while (begin < end && digits[begin] === '0') begin++;
	while (end > begin && digits[end - 1] === '0') end--;
	if (begin === end) return '0';
	return `${sign}${digits.slice(begin, end)}e${Number(exponent) - fraction.length + digits.length - end}`;
}

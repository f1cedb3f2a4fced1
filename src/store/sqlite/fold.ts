/** Letters of either case, composed or not, become one; for comparing names. Also the SQL function `fold()`. */
export function fold(text: unknown): string {
	return String(text).normalize('NFC').toLowerCase();
}

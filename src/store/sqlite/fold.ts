/** Letters of either case, composed or not, become one; for comparing names. Also the SQL function `fold()`. */
export function fold(text: unknown): string {
	// A sigma at the end of a word has a form of its own, which would hide it from a search for a part of the word.
	return String(text).normalize('NFC').toLowerCase().replaceAll('ς', 'σ');
}

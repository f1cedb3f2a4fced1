/** What a text looks like that the strict JSON reader refuses, by the characters before its fault. */
import { FORMS, type ForeignForm } from './forms.ts';

/** Characters before a fault that are looked at, at most; minified files have lines as long as themselves. */
const MAX_BEFORE = 65_536;
/** A fault may be noticed so many characters after it (`locateIn`), and its sign may have as many more. */
const MAX_LATE = 24;

/** A text, a comment, a word that may be a name, or any other character; linear, as each begins in its own way. */
const LEXEME = /"(?:[^"\\\n]|\\.)*"?|\/[/*]|'|[A-Za-z_$][\w$-]*|,\s*[}\]]|[\s\S]/gy;

/**
 * Recognises what stands at a fault of syntax.
 *
 * @param text part of the file, as far as it is in memory
 * @param at where in it the fault was noticed
 */
export function recogniseJsonText(text: string, at: number): ForeignForm | null {
	LEXEME.lastIndex = lineBefore(text, at - MAX_LATE);
	const window = text.slice(0, at + MAX_LATE);
	for (;;) {
		const found = LEXEME.exec(window)?.[0];
		if (found === undefined) return null;
		if (found === '//' || found === '/*') return FORMS.jsonWithComments;
		if (found.startsWith(',') && found.length > 1) return FORMS.trailingComma;
		if (found === "'") return FORMS.json5;
		if (/^[A-Za-z_$]/.test(found) && isFollowedByColon(window, LEXEME.lastIndex)) return FORMS.json5;
	}
}

/** The beginning of a line before: no text of JSON goes over a line's end, so none begins before it. */
function lineBefore(text: string, at: number): number {
	const from = Math.max(0, at - MAX_BEFORE);
	// A comma may stand lines before its bracket.
	const end = from + text.slice(from, Math.max(from, at)).trimEnd().length;
	return Math.max(from, text.lastIndexOf('\n', Math.max(0, end - 1)) + 1);
}

function isFollowedByColon(text: string, at: number): boolean {
	return /^[ \t]{0,100}:/.test(text.slice(at, at + 101));
}

/** What a file looks like by its first bytes, where it is neither a ZIP archive nor JSON text. */
import { FORMS, type ForeignForm } from './forms.ts';

/** Bytes at the beginning of a file that are looked at. */
export const HEAD_BYTES = 4_096;

/** Lines that are looked at; enough to get past a licence that stands before the content. */
const MAX_LINES = 100;

/** Signs of a form at the beginning of a line, in the order in which they decide. Each pattern is anchored and linear. */
const SIGNS: readonly (readonly [RegExp, ForeignForm])[] = [
	[/^(?:<!doctype\b|<\?xml\b|<[a-z][\w-]*[\s/>])/i, FORMS.html],
	[/^@(?:theme\b|tailwind\b|import ['"]tailwindcss)/, FORMS.tailwind],
	[/^(?:@(?:use|forward|mixin|include|function)\b|\$[\w-]+[ \t]*:|@[\w-]+[ \t]*:)/, FORMS.scss],
	[/^(?::root\b|@(?:import|charset|layer|media|font-face|property|supports)\b|--[\w-]+[ \t]*:)/, FORMS.css],
	[/^(?:[.#][a-z_-]|[a-z*][^{}:;]{0,200}\{[ \t]*$)/i, FORMS.css],
	[/^(?:export (?:default|const|\{|\*)|module\.exports\b|['"]use strict['"])/, FORMS.script],
	[/^(?:(?:const|let|var) [\w$]{1,100} ?[=:]|import (?:[\w*{][^'"]{0,200} from )?['"])/, FORMS.script],
];

/** Recognises a file by its first bytes; null where they look like nothing known. */
export function recogniseText(head: Uint8Array): ForeignForm | null {
	if (head[0] === 0x1f && head[1] === 0x8b) return FORMS.gzip;
	const wide = wideText(head);
	if (wide !== null) return wide;
	const text = new TextDecoder('utf-8').decode(head.subarray(0, HEAD_BYTES));
	// What is not text is not looked at any closer.
	if (/[\0\ufffd]/.test(text.slice(0, -3))) return null;
	const { lines, hasComments } = significantLines(text);
	const [first] = lines;
	if (first === undefined) return null;
	if (/^[{[]/.test(first)) return hasComments ? FORMS.jsonWithComments : null;
	for (const [sign, form] of SIGNS) if (sign.test(first)) return form;
	return looksLikeYaml(text, lines) ? FORMS.yaml : null;
}

/** UTF-16 and UTF-32, with a byte order mark or, since JSON begins with ASCII, by the zeros beside it. */
function wideText(head: Uint8Array): ForeignForm | null {
	const [a, b, c, d] = head;
	const starts = `${a},${b},${c},${d}`;
	if (starts.startsWith('255,254,0,0') || starts.startsWith('0,0,254,255')) return FORMS.utf32;
	if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return FORMS.utf16;
	const opens = (byte: number | undefined) => byte === 0x7b || byte === 0x5b;
	const isWide = (opens(a) && b === 0 && c !== 0) || (a === 0 && opens(b));
	return isWide ? FORMS.utf16 : null;
}

/** The lines that are neither blank nor a comment, trimmed. */
function significantLines(text: string): { lines: string[]; hasComments: boolean } {
	const lines: string[] = [];
	let hasComments = false;
	let within = false;
	for (const raw of text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/, MAX_LINES)) {
		let line = raw.trim();
		if (!within && line.startsWith('/*')) {
			within = true;
			hasComments = true;
			line = line.slice(2);
		}
		if (within) {
			const end = line.indexOf('*/');
			if (end === -1) continue;
			within = false;
			line = line.slice(end + 2).trim();
		}
		if (line.startsWith('//')) hasComments = true;
		else if (line !== '') lines.push(line);
	}
	return { lines, hasComments };
}

/** A text whose whole lines are all members, items or comments of YAML; one such line alone could be anything. */
function looksLikeYaml(text: string, lines: readonly string[]): boolean {
	const [first = ''] = lines;
	if (first === '---' || first.startsWith('%YAML')) return true;
	// The last line may be cut off.
	const whole = text.length < HEAD_BYTES / 2 ? lines : lines.slice(0, -1);
	const members = whole.filter((line) => !line.startsWith('#'));
	return members.length > 1 && members.every((line) => /^(?:- |-$|[\w"'.$-]{1,200}:(?:[ \t]|$))/.test(line));
}

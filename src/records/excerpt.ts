/** Texts of a caller's are reported cut to this many characters (REFUSALS, "Bounds"). */
const MAX_EXCERPT = 200;

/** A text of a caller's as it is reported. */
export function excerpt(text: string): string {
	return text.length <= MAX_EXCERPT ? text : `${text.slice(0, MAX_EXCERPT).toWellFormed()}…`;
}

/** The name of a project that is made from somebody's file. */

/** What a name may not hold (see `Name`): control characters, and marks that override the direction of reading. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
const UNNAMEABLE = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** A project's name from a file's: without folders and endings. */
export function projectNameOf(fileName: string | null): string {
	const base =
		(fileName ?? '')
			.split(/[/\\]/)
			.at(-1)
			?.replace(/(?:\.tokens)?(?:\.json)?$/i, '') ?? '';
	// By code points: a pair of surrogates is not to be cut in two.
	const name = Array.from(base.replace(UNNAMEABLE, ' ').toWellFormed().slice(0, 2048)).slice(0, 255).join('');
	return name.trim() === '' ? 'Untitled' : name.trim();
}

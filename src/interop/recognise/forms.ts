/** The forms of files that are recognised and not read, each with what its owner can do. */

export interface ForeignForm {
	/** A noun with its article, which can follow "looks like". */
	readonly looksLike: string;
	/** What to do: whole sentences. */
	readonly advice: string;
}

const form = (looksLike: string, advice: string): ForeignForm => ({ looksLike, advice });

/** What the import takes, for forms that only another program can turn into it. */
const WANTED = 'a design tokens file (DTCG Format 2025.10, JSON) or a .dss archive';
const LATER = 'DSS does not read it yet.';

export const FORMS = {
	jsonWithComments: form(
		'JSON with comments (JSON5 or JSONC)',
		'Remove the comments: design tokens files are plain JSON (RFC 8259).',
	),
	json5: form(
		'JSON5',
		'Convert it to plain JSON (RFC 8259): names and texts in double quotes, no trailing commas.',
	),
	trailingComma: form(
		'JSON with a trailing comma',
		'Remove the comma before the closing bracket: plain JSON (RFC 8259) has none there.',
	),
	css: form('a CSS file', `${LATER} Export the tokens from their source as ${WANTED}.`),
	tailwind: form('a Tailwind CSS theme', `${LATER} Export the tokens from their source as ${WANTED}.`),
	scss: form('a SCSS or Less file', `${LATER} Export the tokens from their source as ${WANTED}.`),
	script: form('a JavaScript or TypeScript module', `Run it and save what it exports as ${WANTED}.`),
	yaml: form('a YAML file', 'Convert it to JSON: design tokens files are JSON (Format 2025.10 §4).'),
	html: form(
		'an HTML or XML page',
		'It may be an error page or a login page that was saved in place of a file. Fetch the file again and look at it before you send it.',
	),
	utf16: form('a text in UTF-16', 'Save it as UTF-8 and send it again (RFC 8259 §8.1).'),
	utf32: form('a text in UTF-32', 'Save it as UTF-8 and send it again (RFC 8259 §8.1).'),
	gzip: form('a gzip file', 'Unpack it and send what is in it.'),
	problem: form(
		'a problem document',
		'It is an error answer that was saved in place of a file, as curl -o does without --fail. Its detail says what went wrong; fetch the file again.',
	),
	npm: form('a package.json or a lock file of npm', `Send the file of the package that is ${WANTED}.`),
	jsonSchema: form('a JSON Schema', `It describes files and holds no tokens. Send ${WANTED}.`),
	styleDictionary: form(
		'a Style Dictionary file with value and type',
		'DSS reads Style Dictionary 4 files in DTCG form: convert it with convertToDTCG of style-dictionary/utils ($value and $type).',
	),
	figmaVariables: form(
		'an answer of the Figma Variables REST API',
		`${LATER} Export the variables with a plug-in as ${WANTED}.`,
	),
	tokensStudio: form(
		'a Tokens Studio or Penpot file ($themes, $metadata)',
		`${LATER} Export each token set as a file of its own in DTCG form.`,
	),
	resolver: form(
		'a resolver document (DTCG Resolver Module)',
		'It names token files and holds none. Send the design tokens files that it names.',
	),
	customElements: form('a Custom Elements Manifest', `${LATER} Components come in a .dss archive.`),
} as const satisfies Record<string, ForeignForm>;

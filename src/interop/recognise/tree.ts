/** What a JSON object looks like that holds no design token, by its members. */
import { isJsonObject, type JsonObject } from '../../records/json.ts';
import { FORMS, type ForeignForm } from './forms.ts';

/** Objects of a file that are looked at in search of a member `value`. */
const MAX_OBJECTS = 10_000;

/** Signs of a form among the members of the root. */
const SIGNS: readonly (readonly [(root: JsonObject) => boolean, ForeignForm])[] = [
	[isProblem, FORMS.problem],
	[({ meta, ...root }) => isFigma(root) || (isJsonObject(meta) && isFigma(meta)), FORMS.figmaVariables],
	[({ resolutionOrder }) => Array.isArray(resolutionOrder), FORMS.resolver],
	[
		({ schemaVersion, modules }) => typeof schemaVersion === 'string' && Array.isArray(modules),
		FORMS.customElements,
	],
	[isOfNpm, FORMS.npm],
	[isJsonSchema, FORMS.jsonSchema],
	[holdsOldTokens, FORMS.styleDictionary],
];

/** Recognises an object that holds no token of the DTCG format; null where it looks like nothing known. */
export function recogniseTree(root: JsonObject): ForeignForm | null {
	return SIGNS.find(([applies]) => applies(root))?.[1] ?? null;
}

/** Recognises the forms that hold tokens of the DTCG format, and would be misread as one file of them. */
export function recogniseExtended({ $themes, $metadata }: JsonObject): ForeignForm | null {
	const isOrdered = isJsonObject($metadata) && Array.isArray($metadata['tokenSetOrder']);
	return Array.isArray($themes) || isOrdered ? FORMS.tokensStudio : null;
}

/** RFC 9457 §3.1. */
function isProblem({ type, title, status, detail, instance }: JsonObject): boolean {
	const texts = [type, title, detail, instance].filter((member) => typeof member === 'string');
	return typeof status === 'number' && typeof title === 'string' && texts.length > 1;
}

function isFigma({ variables, variableCollections }: JsonObject): boolean {
	return isJsonObject(variables) && isJsonObject(variableCollections);
}

function isOfNpm({ name, version, lockfileVersion, ...root }: JsonObject): boolean {
	if (typeof lockfileVersion === 'number') return true;
	const members = [
		'dependencies',
		'devDependencies',
		'peerDependencies',
		'scripts',
		'exports',
		'main',
		'files',
	];
	return typeof name === 'string' && typeof version === 'string' && members.some((member) => member in root);
}

function isJsonSchema({ $schema, properties, $defs, definitions, type, $id }: JsonObject): boolean {
	if (typeof $schema !== 'string' || !$schema.includes('json-schema.org/')) return false;
	return [properties, $defs, definitions, type, $id].some((member) => member !== undefined);
}

/** Whether any object has a plain `value`, as tokens had before the DTCG format. */
function holdsOldTokens(root: JsonObject): boolean {
	const objects: JsonObject[] = [root];
	for (let seen = 0; seen < objects.length && seen < MAX_OBJECTS; seen++) {
		for (const [key, member] of Object.entries(objects[seen] ?? {})) {
			// What is in a member of the format is a value, which may have a `value` of its own.
			if (key === 'value') return true;
			if (!key.startsWith('$') && isJsonObject(member)) objects.push(member);
		}
	}
	return false;
}

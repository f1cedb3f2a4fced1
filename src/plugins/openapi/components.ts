/**
 * Schemas of TypeBox as the OpenAPI document shows them. Requests are checked by the schemas as they are, with every
 * part in place; in the document, a schema with an `$id` is a component, and whoever uses it refers to it.
 */
import { isJsonObject, type Json, type JsonObject } from '../../records/json.ts';

/** Members whose values are values, not schemas. */
const VALUES = new Set(['default', 'example', 'examples', 'const', 'enum']);
/** Members that hold schemas by name. */
const BY_NAME = new Set(['properties', 'patternProperties']);
const EVERY_NAME = '^.*$';

export class Components {
	readonly #sources = new Map<string, string>();
	readonly #schemas = new Map<string, JsonObject>();

	/** The components that were referred to so far, by name. */
	schemas(): JsonObject {
		return Object.fromEntries([...this.#schemas].sort(([a], [b]) => (a < b ? -1 : 1)));
	}

	/**
	 * A schema for the document.
	 *
	 * @throws {Error} where two different schemas have one `$id`
	 */
	show(schema: Json): Json {
		if (Array.isArray(schema)) return schema.map((member) => this.show(member));
		if (!isJsonObject(schema)) return schema;
		const { $id } = schema;
		if (typeof $id !== 'string') return this.inline(schema);
		const source = JSON.stringify(schema);
		const known = this.#sources.get($id);
		if (known === undefined) {
			this.#sources.set($id, source);
			this.#schemas.set($id, this.inline(schema));
		} else if (known !== source) {
			throw new Error(`two schemas have the $id ${$id}`);
		}
		return { $ref: `#/components/schemas/${$id}` };
	}

	/** Schemas by name, each for the document. */
	showEach(schemas: JsonObject): JsonObject {
		return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, this.show(schema)]));
	}

	/** The same in place, though it has an `$id`; what it consists of is referred to. */
	inline({ $id: _name, ...schema }: JsonObject): JsonObject {
		const discriminator = schema['x-discriminator'];
		if (typeof discriminator === 'string') return this.#told(schema, discriminator);
		const shown: JsonObject = {};
		// TypeBox leaves the type out; generators look for it.
		if (isListOfTexts(schema['enum'])) shown['type'] = 'string';
		for (const [key, value] of Object.entries(schema)) {
			if (key === 'x-format') shown['format'] = value;
			else if (VALUES.has(key) || !isContainer(value)) shown[key] = value;
			else if (!BY_NAME.has(key) || !isJsonObject(value)) shown[key] = this.show(value);
			else if (key === 'patternProperties' && Object.hasOwn(value, EVERY_NAME))
				shown['additionalProperties'] = this.show(value[EVERY_NAME] ?? {});
			else shown[key] = this.showEach(value);
		}
		return shown;
	}

	/** Alternatives that a property tells apart (OpenAPI 3.1 §4.8.25): exactly one of them holds. */
	#told({ 'x-discriminator': _told, anyOf, ...schema }: JsonObject, propertyName: string): JsonObject {
		const members = Array.isArray(anyOf) ? anyOf.filter(isJsonObject) : [];
		const mapping = members.flatMap((member) =>
			constantsOf(member, propertyName).map((constant): [string, Json] => [
				constant,
				`#/components/schemas/${member['$id']}`,
			]),
		);
		return {
			...schema,
			oneOf: members.map((member) => this.show(member)),
			discriminator: { propertyName, mapping: Object.fromEntries(mapping) },
		};
	}
}

/** The values that a property has in a schema, or in its alternatives. */
function constantsOf({ properties, anyOf }: JsonObject, name: string): string[] {
	if (Array.isArray(anyOf))
		return [...new Set(anyOf.filter(isJsonObject).flatMap((member) => constantsOf(member, name)))];
	const property = isJsonObject(properties) ? properties[name] : undefined;
	const constant = isJsonObject(property) ? property['const'] : undefined;
	if (typeof constant !== 'string') throw new Error(`"${name}" does not tell the alternatives apart`);
	return [constant];
}

function isContainer(value: Json | undefined): value is JsonObject | Json[] {
	return typeof value === 'object' && value !== null;
}

function isListOfTexts(value: Json | undefined): boolean {
	return Array.isArray(value) && value.every((member) => typeof member === 'string');
}

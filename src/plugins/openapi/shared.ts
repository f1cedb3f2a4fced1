/** Parts that operations have in common, as components of the OpenAPI document. */
import { isJsonObject, type Json, type JsonObject } from '../../records/json.ts';
import type { Components } from './components.ts';

/** The document with its components: schemas, and parameters, headers and answers that more than one place has. */
export function shared<Document extends object>(document: Document, components: Components): Document {
	const written: JsonObject = JSON.parse(JSON.stringify(document));
	const operations = operationsOf(written);
	const answers = operations.flatMap(({ responses }) => (isJsonObject(responses) ? [responses] : []));
	for (const operation of operations) sayWhetherBodyIsRequired(operation);
	for (const statuses of answers) nameRequests(statuses);
	const headers = share('headers', headersOf(answers), (name) => name);
	const responses = shareAnswers(answers);
	const parameters = share(
		'parameters',
		parametersOf(operations),
		(_, { name }) => `${pascal(String(name))}Parameter`,
	);
	// Still a document: only parts of it have become references.
	return {
		...written,
		components: { schemas: components.schemas(), parameters, headers, responses },
	} as unknown as Document;
}

/** A place in the document: what holds a part, and under which key. */
interface Place {
	readonly holder: JsonObject | Json[];
	readonly key: string;
	readonly part: JsonObject;
}

function operationsOf({ paths }: JsonObject): JsonObject[] {
	if (!isJsonObject(paths)) return [];
	const methods = Object.values(paths).filter(isJsonObject);
	return methods.flatMap((path) => Object.values(path).filter(isJsonObject));
}

function placesIn(holder: JsonObject | Json[]): Place[] {
	return Object.entries(holder).flatMap(([key, part]) => (isJsonObject(part) ? [{ holder, key, part }] : []));
}

function headersOf(answers: readonly JsonObject[]): Place[] {
	return answers
		.flatMap((statuses) => Object.values(statuses).filter(isJsonObject))
		.flatMap(({ headers }) => (isJsonObject(headers) ? placesIn(headers) : []));
}

function parametersOf(operations: readonly JsonObject[]): Place[] {
	return operations.flatMap(({ parameters }) => (Array.isArray(parameters) ? placesIn(parameters) : []));
}

/** Makes a component of each part that is in several places. Of two with one name the more frequent has it. */
function share(
	group: string,
	places: readonly Place[],
	nameOf: (key: string, part: JsonObject) => string,
): JsonObject {
	const alike = Map.groupBy(places, ({ part }) => JSON.stringify(part));
	const frequent = [...alike.values()].filter(({ length }) => length > 1);
	const components: JsonObject = {};
	for (const same of frequent.sort((a, b) => b.length - a.length)) {
		const [first] = same;
		if (first === undefined) continue;
		const name = nameOf(first.key, first.part);
		if (Object.hasOwn(components, name)) continue;
		components[name] = first.part;
		for (const place of same) refer(place, `#/components/${group}/${name}`);
	}
	return sorted(components);
}

/** Answers that have a name (`x-name`, beside their content) are components. */
function shareAnswers(answers: readonly JsonObject[]): JsonObject {
	const components: JsonObject = {};
	for (const place of answers.flatMap(placesIn)) {
		const { content } = place.part;
		const media = isJsonObject(content) ? Object.values(content).filter(isJsonObject) : [];
		const name = media.map(({ 'x-name': named }) => named).find((named) => typeof named === 'string');
		if (name === undefined) continue;
		for (const part of media) delete part['x-name'];
		components[name] = place.part;
		refer(place, `#/components/responses/${name}`);
	}
	return sorted(components);
}

function refer({ holder, key }: Place, $ref: string): void {
	if (Array.isArray(holder)) holder[Number(key)] = { $ref };
	else holder[key] = { $ref };
}

const REQUEST_ID = {
	description: 'The id under which the log knows the request',
	schema: { type: 'string', format: 'uuid' },
};

/** Every answer has this header, so no route describes it. */
function nameRequests(statuses: JsonObject): void {
	for (const answer of Object.values(statuses).filter(isJsonObject)) {
		const { headers } = answer;
		answer['headers'] = { ...(isJsonObject(headers) && headers), 'X-Request-Id': REQUEST_ID };
	}
}

/** @fastify/swagger requires every body. */
function sayWhetherBodyIsRequired(operation: JsonObject): void {
	const { 'x-body-is-optional': isOptional, requestBody } = operation;
	if (isOptional === true && isJsonObject(requestBody)) requestBody['required'] = false;
	delete operation['x-body-is-optional'];
}

function sorted(components: JsonObject): JsonObject {
	return Object.fromEntries(Object.entries(components).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** "If-Match" and "project_id" as parts of names: "IfMatch", "ProjectId". */
function pascal(name: string): string {
	return name.replace(/(?:^|[-_])(\w)/g, (_, first: string) => first.toUpperCase());
}

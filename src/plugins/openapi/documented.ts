import type { FastifySchema, RouteOptions } from 'fastify';
import { isJsonObject, type Json, type JsonObject } from '../../records/json.ts';
import type { Components } from './components.ts';

declare module 'fastify' {
	interface FastifyContextConfig {
		/** What the OpenAPI document shows in place of parts of the route's schema. */
		readonly documented?: Readonly<Pick<FastifySchema, 'querystring' | 'body'>>;
	}
}

/** A route's schema for the OpenAPI document: what has a name is referred to. */
export function documented(
	schema: FastifySchema | undefined,
	{ config }: Pick<RouteOptions, 'config'>,
	components: Components,
): FastifySchema {
	if (schema === undefined) return {};
	const given: JsonObject = JSON.parse(JSON.stringify({ ...schema, ...config?.documented }));
	for (const part of ['querystring', 'headers', 'params'])
		if (isJsonObject(given[part])) given[part] = parameters(given[part], components);
	if (isJsonObject(given['body'])) given['body'] = content(given['body'], components);
	const { response } = given;
	if (isJsonObject(response))
		given['response'] = Object.fromEntries(
			Object.entries(response).map(([status, answer]) => [
				status,
				isJsonObject(answer) ? content(answer, components) : answer,
			]),
		);
	if (config?.bodyIsOptional === true) given['x-body-is-optional'] = true;
	return given;
}

/**
 * Parameters stay in place: the document shares those that are alike. Only what must be given has an example, since
 * Swagger UI sends examples as they stand.
 */
function parameters(schema: JsonObject, components: Components): JsonObject {
	const { properties, required } = schema;
	if (!isJsonObject(properties)) return schema;
	const names = Array.isArray(required) ? required : [];
	const shown = Object.entries(properties).map(([name, property]): [string, Json] => {
		if (!isJsonObject(property)) return [name, property];
		const { examples, ...optional } = components.inline(property);
		return [name, names.includes(name) && examples !== undefined ? { ...optional, examples } : optional];
	});
	return { ...schema, properties: Object.fromEntries(shown) };
}

/** A body by its media types, or as one schema. */
function content(part: JsonObject, components: Components): JsonObject {
	if (!isJsonObject(part['content'])) {
		const shown = components.show(part);
		return isJsonObject(shown) ? shown : part;
	}
	const shown = Object.entries(part['content']).map(([type, media]): [string, Json] => [
		type,
		isJsonObject(media) ? { ...media, schema: components.show(media['schema'] ?? {}) } : media,
	]);
	return { ...part, content: Object.fromEntries(shown) };
}

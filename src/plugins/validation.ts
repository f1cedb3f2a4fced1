import type { FastifyInstance, FastifySchemaCompiler } from 'fastify';
import fp from 'fastify-plugin';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';
import { errors } from '../errors.ts';

/** Where a part of a request stands, in the words of a problem document. */
const PLACES: Readonly<Record<string, string>> = {
	body: 'the body',
	querystring: 'the query',
	params: 'the address',
	headers: 'the headers',
};

/** Checks a part of a request by its compiled schema; queries and addresses are text and are converted first. */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
	const check = Compile(schema);
	return (given: unknown) => {
		const value = httpPart === 'body' ? given : Value.Convert(schema, given);
		if (check.Check(value)) return { value };
		const found = check.Errors(value);
		const error = found.find(({ keyword }) => keyword !== 'boolean') ?? found[0];
		const unknown =
			error !== undefined && 'additionalProperties' in error.params
				? `: ${error.params.additionalProperties.join(', ')}`
				: '';
		const place = PLACES[httpPart ?? ''] ?? 'the request';
		const pointer = error?.instancePath ?? '';
		const reason = `${place}${pointer === '' ? '' : ` at ${pointer}`} ${error?.message ?? 'does not fit'}${unknown}`;
		return { error: errors.malformedRequest({ reason, pointer }) };
	};
};

/**
 * Requests are checked by TypeBox. Answers are written as they are: that they fit their schemas is held by tests, and
 * a serializer that leaves out what a schema forgot would lose data silently.
 */
export const validation = fp(async (app: FastifyInstance) => {
	app.setValidatorCompiler(compileValidator);
	app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
});

import type { FastifyInstance, FastifySchemaCompiler } from 'fastify';
import fp from 'fastify-plugin';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { errors } from '../errors.ts';
import { fromText } from '../records/from-text.ts';
import { firstFault } from '../records/schema-faults.ts';

/** The parts of a request, in the words of a problem document. */
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
		const value = httpPart === 'body' ? given : fromText(schema, given);
		if (check.Check(value)) return { value };
		const { pointer, reason } = firstFault(check, value);
		const place = PLACES[httpPart ?? ''] ?? 'the request';
		const at = pointer === '' ? place : `${place} at ${pointer}`;
		return { error: errors.malformedRequest({ reason: `${at} ${reason}`, pointer }) };
	};
};

/**
 * Requests are checked by TypeBox. Answers are written as they are: that they fit their schemas is checked by tests, and
 * a serializer that leaves out what a schema forgot would lose data silently.
 */
export const validation = fp(async (app: FastifyInstance) => {
	app.setValidatorCompiler(compileValidator);
	app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
});

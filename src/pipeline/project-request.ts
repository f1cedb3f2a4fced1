/** A project's properties as they were sent: bodies read strictly, here and not where requests are answered. */
import type { Static, TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import type { Limits } from '../../schemas/config.ts';
import { NewProject, ProjectChange } from '../../schemas/projects.ts';
import { errors } from '../errors.ts';
import { canonicalJson } from '../records/canonical.ts';
import { readBody } from '../records/request-body.ts';
import { firstFault } from '../records/schema-faults.ts';
import type { NewProperties } from './projects.ts';

const newProject = Compile(NewProject);
const projectChange = Compile(ProjectChange);

/** The body of a new project. @throws {DssError} malformed_request, invalid_json, invalid_value, too_deep */
export function readNewProject(body: Uint8Array, limits: Limits): NewProperties & { readonly name: string } {
	const properties = readChecked(body, limits.maxRecordDepth, newProject);
	return { ...toStored(properties), name: properties.name };
}

/** The body of a change of a project. @throws {DssError} malformed_request, invalid_json, invalid_value, too_deep */
export function readProjectChange(body: Uint8Array, limits: Limits): NewProperties {
	return toStored(readChecked(body, limits.maxRecordDepth, projectChange));
}

/**
 * Reads a body that must fit a schema.
 *
 * @throws {DssError} malformed_request, invalid_json, invalid_value, too_deep
 */
export function readChecked<Schema extends TSchema>(
	bytes: Uint8Array,
	maxDepth: number,
	check: Validator<Record<never, never>, Schema>,
): Static<Schema> {
	const body: unknown = readBody(bytes, maxDepth);
	if (check.Check(body)) return body;
	const { pointer, reason } = firstFault(check, body);
	const at = pointer === '' ? 'the body' : `the body at ${pointer}`;
	throw errors.malformedRequest({ reason: `${at} ${reason}`, pointer });
}

/** Metadata as it is kept: canonical JSON. */
function toStored({ name, description, metadata }: Static<typeof ProjectChange>): NewProperties {
	return {
		name,
		description,
		metadata: metadata === undefined || metadata === null ? metadata : canonicalJson(metadata),
	};
}

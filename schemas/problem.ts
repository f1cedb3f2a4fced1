import Type, { type Static } from 'typebox';
import { Count, FreeObject } from './common.ts';

/** The stages of the pipeline, in their order. */
export const STAGES = ['archive', 'manifest', 'schema', 'structure', 'referential', 'apply'] as const;
export type Stage = (typeof STAGES)[number];

/** One fault of an archive: which stage found it, what it is, and where. */
export const Fault = Type.Object({
	stage: Type.Enum([...STAGES]),
	code: Type.String({ description: 'A stable, machine-readable word; docs/errors.md lists them' }),
	message: Type.String(),
	details: Type.Optional(FreeObject),
});
export type Fault = Static<typeof Fault>;

/** A finding that does not refuse the upload, with how often it was found and the first places. */
export const Warning = Type.Object({
	code: Type.String(),
	message: Type.String(),
	count: Count,
	details: Type.Optional(FreeObject),
});
export type Warning = Static<typeof Warning>;

/** A problem document (RFC 9457 §3.1), with our members (§3.2). */
export const Problem = Type.Object(
	{
		type: Type.String({ description: 'Identifies the kind of problem (RFC 9457 §3.1.1)' }),
		title: Type.String(),
		status: Type.Integer({ minimum: 400, maximum: 599 }),
		detail: Type.String({ description: 'What happened, where, and what to do' }),
		instance: Type.String({ description: 'The id of the request, as in the log' }),
		code: Type.String({ description: 'A stable, machine-readable word; docs/errors.md lists them' }),
		stage: Type.Optional(Type.Enum([...STAGES])),
		details: Type.Optional(FreeObject),
		errors: Type.Optional(Type.Array(Fault)),
		errors_total: Type.Optional(Count),
	},
	{
		description: 'A problem document (RFC 9457)',
		examples: [
			{
				type: 'urn:dss:problem:project_unknown',
				title: 'There is no such project',
				status: 404,
				detail: 'There is no project 0b9f6f3e-2f5c-4a43-9c56-0a5c8d3f7a10.',
				instance: 'urn:dss:request:req-1',
				code: 'project_unknown',
			},
		],
	},
);
export type Problem = Static<typeof Problem>;

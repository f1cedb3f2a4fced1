import Type, { type Static } from 'typebox';
import { Count, FreeObject } from './common.ts';

/** The stages of the pipeline, in their order. */
export const STAGES = ['archive', 'manifest', 'schema', 'structure', 'referential', 'apply'] as const;
export type Stage = (typeof STAGES)[number];

/** A stage of the pipeline. */
export const StageName = Type.Enum([...STAGES], {
	$id: 'Stage',
	description: 'A stage of reading an upload',
});

/** One fault of an archive: which stage found it, what it is, and where. */
export const Fault = Type.Object(
	{
		stage: StageName,
		code: Type.String({ description: 'A stable, machine-readable word; docs/errors.md lists them' }),
		message: Type.String(),
		details: Type.Optional(FreeObject),
	},
	{ $id: 'Fault', description: 'One thing that a stage found wrong' },
);
export type Fault = Static<typeof Fault>;

/** A finding that does not refuse the upload, with how often it was found and the first places. */
export const Warning = Type.Object(
	{
		code: Type.String(),
		message: Type.String(),
		count: Count,
		details: Type.Optional(FreeObject),
	},
	{ $id: 'Warning', description: 'What was noticed and let pass: how often, and the first places' },
);
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
		stage: Type.Optional(StageName),
		details: Type.Optional(FreeObject),
		errors: Type.Optional(Type.Array(Fault)),
		errors_total: Type.Optional(Count),
	},
	{ $id: 'Problem', description: 'A problem document (RFC 9457)' },
);
export type Problem = Static<typeof Problem>;

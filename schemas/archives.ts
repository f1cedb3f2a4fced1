import Type, { type Static } from 'typebox';
import { Background } from './background.ts';
import { Count, Name, RevisionNumber, Uuid } from './common.ts';
import { Selection } from './manifest.ts';
import { Deletions, STRATEGIES } from './merges.ts';
import { Fault, Problem, Warning } from './problem.ts';
import { ItemCounts } from './projects.ts';
import { ResolutionsField } from './uploads.ts';

const closed = { additionalProperties: false };

/** The settings of an import, as query parameters or as fields of the upload. */
export const ImportOptions = Type.Object(
	{
		strategy: Type.Optional(
			Type.Enum(['replace', 'merge'], {
				default: 'replace',
				description: 'Whether a project that is there is replaced, or merged with',
			}),
		),
		merge_strategy: Type.Optional(
			Type.Enum([...STRATEGIES], {
				default: 'manual',
				description: 'With strategy=merge: what becomes of conflicts',
			}),
		),
		deletions: Type.Optional(Deletions),
		resolutions: Type.Optional(ResolutionsField),
		...Background,
		references: Type.Optional(
			Type.Enum(['strict', 'warn'], {
				description:
					'What a reference to nothing does. Default: what the manifest says, else strict; warn for files of others',
			}),
		),
		values: Type.Optional(
			Type.Enum(['keep', 'strict'], {
				default: 'keep',
				description: 'What a value that breaks its type does, in a file of others',
			}),
		),
		name: Type.Optional(Name),
		project_id: Type.Optional(
			Type.Union([Uuid, Type.Literal('new')], {
				description: 'The project to bring up to date, or "new" for a copy under fresh uuids',
			}),
		),
		discard_local_changes: Type.Optional(
			Type.Boolean({
				default: false,
				description:
					'With strategy=replace: whether changes made here that the upload has not seen may be lost',
			}),
		),
		confirm_removal: Type.Optional(
			Type.Boolean({
				default: false,
				description:
					'With strategy=replace: whether more than half of a theme, and more than 10 records, may be removed',
			}),
		),
	},
	closed,
);
export type ImportOptions = Static<typeof ImportOptions>;

const { resolutions: _field, ...queried } = ImportOptions.properties;
/** The options as the OpenAPI document shows them: each once. Those that may be long are fields of the form. */
export const ImportQuery = Type.Object(queried, closed);

/** How many records of all kinds differ from the revision before, and how. */
const Changes = Type.Object(
	{ added: Count, changed: Count, removed: Count, unchanged: Count },
	{ $id: 'ChangeCounts', ...closed },
);

export const ImportAnswer = Type.Object(
	{
		success: Type.Literal(true),
		project_id: Uuid,
		project_name: Type.String(),
		revision: RevisionNumber,
		changed: Type.Boolean({ description: 'Whether the import made a revision' }),
		changes: Changes,
		item_counts: ItemCounts,
		migration_performed: Type.Boolean(),
		migrations: Type.Array(Type.String()),
		warnings: Type.Array(Warning),
		duration_seconds: Type.Number({ minimum: 0 }),
	},
	{ $id: 'ImportAnswer', description: 'What an import has done', ...closed },
);
export type ImportAnswer = Static<typeof ImportAnswer>;

export const AnalysisAnswer = Type.Object(
	{
		is_valid: Type.Boolean(),
		format: Type.Union([Type.Enum(['dss', 'dtcg']), Type.Null()]),
		schema_version: Type.Union([Type.String(), Type.Null()]),
		project: Type.Union([
			Type.Object({ project_id: Type.Union([Uuid, Type.Null()]), name: Type.String() }, closed),
			Type.Null(),
		]),
		item_counts: Type.Union([ItemCounts, Type.Null()]),
		migration_needed: Type.Boolean(),
		errors: Type.Array(Fault),
		errors_total: Count,
		warnings: Type.Array(Warning),
		changes: Type.Union([Changes, Type.Null()]),
		would_refuse: Type.Union([Problem, Type.Null()], {
			description:
				'What the import would answer instead of succeeding, with the same options; null where it would succeed',
		}),
		estimated_duration_seconds: Type.Union([Type.Number({ minimum: 0 }), Type.Null()]),
		requires_background_job: Type.Boolean(),
	},
	{ $id: 'ImportAnalysis', description: 'What an import would do', ...closed },
);
export type AnalysisAnswer = Static<typeof AnalysisAnswer>;

export const ExportBody = Type.Object(
	{
		format: Type.Optional(Type.Enum(['dss'], { description: 'What is written; dss where it is left out' })),
		selection: Type.Optional(Selection),
		revision: Type.Optional(RevisionNumber),
	},
	{ $id: 'ExportRequest', ...closed, examples: [{}, { selection: { types: ['color'] } }] },
);
export const ExportQuery = Type.Object(Background, closed);
export type ExportBody = Static<typeof ExportBody>;

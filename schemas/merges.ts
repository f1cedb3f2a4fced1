import Type, { type Static } from 'typebox';
import { Background } from './background.ts';
import { Count, RevisionNumber, Sha256, Timestamp, Uuid } from './common.ts';
import { PageCursor, pageLimit } from './lists.ts';
import { Warning } from './problem.ts';
import { Kind } from './records.ts';
import { ResolutionsField } from './uploads.ts';

const closed = { additionalProperties: false };

export const STRATEGIES = ['keep_local', 'keep_imported', 'newest', 'fork', 'manual'] as const;
export const Strategy = Type.Enum([...STRATEGIES], {
	$id: 'Strategy',
	description:
		'What becomes of conflicts: ours stay, theirs come, the newer one, both (theirs under a new name), or each by resolutions',
});
export type Strategy = Static<typeof Strategy>;

export const Deletions = Type.Enum(['keep', 'apply'], {
	default: 'keep',
	description: 'What becomes of records that were deleted on the other side only',
});

/** How one conflict is resolved. */
export const Resolution = Type.Union([
	Type.Enum(['local', 'imported']),
	Type.Object({ content: Type.Record(Type.String(), Type.Unknown()) }, closed),
]);
export const Resolutions = Type.Record(Type.String(), Resolution, {
	description: 'By the uuid of the record in conflict: "local", "imported" or {"content": {…}}',
});

const Reading = {
	references: Type.Optional(
		Type.Enum(['strict', 'warn'], { description: 'What a reference to nothing does, as in an import' }),
	),
	values: Type.Optional(Type.Enum(['keep', 'strict'], { default: 'keep' })),
};

/** The settings of a merge, as query parameters or as fields of the upload. */
export const MergeOptions = Type.Object(
	{
		strategy: Type.Optional(Type.Enum([...STRATEGIES], { default: 'manual' })),
		deletions: Type.Optional(Deletions),
		resolutions: Type.Optional(ResolutionsField),
		...Reading,
		...Background,
	},
	closed,
);
export type MergeOptions = Static<typeof MergeOptions>;
const { resolutions: _field, ...queried } = MergeOptions.properties;
/** The options as the OpenAPI document shows them: each once. Those that may be long are fields of the form. */
export const MergeQuery = Type.Object(queried, closed);

/** The settings of a merge's analysis; conflicts come in pages. */
export const MergeAnalysisOptions = Type.Object(
	{
		deletions: Type.Optional(Deletions),
		limit: pageLimit(1000, 100, 'Conflicts on a page at most'),
		cursor: PageCursor,
		...Reading,
	},
	closed,
);
export type MergeAnalysisOptions = Static<typeof MergeAnalysisOptions>;

const counts = {
	new_items: Count,
	updated_items: Count,
	deleted_items: Count,
	unchanged_items: Count,
	auto_merged_items: Count,
	conflicts: Count,
};

export const MergeAnswer = Type.Object(
	{
		success: Type.Literal(true),
		revision: RevisionNumber,
		...counts,
		resolution_strategy: Strategy,
		migration_performed: Type.Boolean(),
		migrations: Type.Array(Type.String()),
		warnings: Type.Array(Warning),
		duration_seconds: Type.Number({ minimum: 0 }),
	},
	{ $id: 'MergeAnswer', description: 'What a merge has done', ...closed },
);
export type MergeAnswer = Static<typeof MergeAnswer>;

/** A side of a conflict; null where that side does not hold the record. */
const Held = Type.Union([
	Type.Object(
		{ hash: Sha256, version: Type.Integer({ minimum: 1, 'x-format': 'int64' }), updated_at: Timestamp },
		{ $id: 'ConflictSide', description: 'A record on one side of a conflict', ...closed },
	),
	Type.Null(),
]);

export const ConflictedItem = Type.Object(
	{
		kind: Kind,
		uuid: Uuid,
		entity_name: Type.String({ description: 'A token’s path, or the name of a theme or component' }),
		case: Type.Enum(['change_change', 'change_delete', 'delete_change', 'add_add', 'no_base'], {
			description: 'What was done here and there',
		}),
		base: Held,
		local: Held,
		imported: Held,
		fields: Type.Array(
			Type.Object(
				{ pointer: Type.String(), base: Type.Unknown(), local: Type.Unknown(), imported: Type.Unknown() },
				closed,
			),
			{ description: 'The fields that both changed; null where a side has none' },
		),
		recommendation: Type.Enum(['local', 'imported', 'unknown']),
		warning: Type.Union([Type.String(), Type.Null()]),
	},
	{ $id: 'Conflict', description: 'A record that is not settled by itself', ...closed },
);
export type ConflictedItem = Static<typeof ConflictedItem>;

export const MergeAnalysisAnswer = Type.Object(
	{
		has_conflicts: Type.Boolean(),
		base: Type.Object(
			{
				revision: Type.Union([RevisionNumber, Type.Null()]),
				found_by: Type.Enum(['vector', 'none']),
			},
			closed,
		),
		...counts,
		conflicted_items: Type.Array(ConflictedItem),
		next_cursor: Type.Union([Type.String(), Type.Null()]),
		warnings: Type.Array(Warning),
	},
	{ $id: 'MergeAnalysis', description: 'What a merge would do', ...closed },
);
export type MergeAnalysisAnswer = Static<typeof MergeAnalysisAnswer>;

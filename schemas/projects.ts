import Type, { type Static, type TSchema } from 'typebox';
import { Count, FreeObject, Name, RevisionNumber, Text, Timestamp, Uuid } from './common.ts';
import { Component, ComponentEdit, Theme, ThemeEdit, Token, TokenEdit } from './records.ts';

const closed = { additionalProperties: false };

export const ItemCounts = Type.Object(
	{ themes: Count, tokens: Count, components: Count, assets: Count },
	{ $id: 'ItemCounts', ...closed },
);

/** A project as the API shows it (API, "Shapes"). */
export const Project = Type.Object(
	{
		project_id: Uuid,
		name: Name,
		description: Type.Union([Text, Type.Null()]),
		metadata: Type.Union([FreeObject, Type.Null()]),
		revision: RevisionNumber,
		item_counts: ItemCounts,
		created_at: Timestamp,
		updated_at: Timestamp,
	},
	{ $id: 'Project', description: 'A design system under one uuid', ...closed },
);
export type Project = Static<typeof Project>;

export const NewProject = Type.Object(
	{
		name: Name,
		description: Type.Optional(Type.Union([Text, Type.Null()])),
		metadata: Type.Optional(Type.Union([FreeObject, Type.Null()])),
	},
	{
		$id: 'NewProject',
		...closed,
		examples: [{ name: 'Acme Design System', description: 'Colours, type and space of Acme' }],
	},
);

export const ProjectChange = Type.Object(
	{
		name: Type.Optional(Name),
		description: Type.Optional(Type.Union([Text, Type.Null()])),
		metadata: Type.Optional(Type.Union([FreeObject, Type.Null()])),
	},
	{
		$id: 'ProjectChange',
		minProperties: 1,
		...closed,
		examples: [{ description: 'Now with a dark scheme' }],
	},
);

const NextCursor = Type.Union([Type.String(), Type.Null()], {
	description: 'The cursor of the next page; null at the end',
});

/** A page of a list. */
export const page = <T extends TSchema>($id: string, items: T) =>
	Type.Object({ items: Type.Array(items), next_cursor: NextCursor, total: Count }, { $id, ...closed });

export const ProjectPage = page('ProjectPage', Project);
export const ThemePage = page('ThemePage', Theme);
export const TokenPage = page('TokenPage', Token);
export const ComponentPage = page('ComponentPage', Component);

export const Revision = Type.Object(
	{
		revision: RevisionNumber,
		cause: Type.Enum(['create', 'edit', 'import', 'merge', 'revert']),
		message: Type.Union([Type.String(), Type.Null()]),
		author: Type.Union([Type.String(), Type.Null()]),
		added: Count,
		changed: Count,
		removed: Count,
		created_at: Timestamp,
	},
	{ $id: 'Revision', description: 'A numbered, immutable state of a project', ...closed },
);
export type Revision = Static<typeof Revision>;
export const RevisionPage = page('RevisionPage', Revision);

const Cursor = Type.String({ maxLength: 1000, description: 'The next_cursor of the page before' });

export const ProjectListQuery = Type.Object(
	{
		limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
		cursor: Type.Optional(Cursor),
		query: Type.Optional(
			Type.String({ maxLength: 255, description: 'A part of the name, letter case aside' }),
		),
	},
	closed,
);

export const RevisionListQuery = Type.Object(
	{
		limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
		cursor: Type.Optional(Cursor),
	},
	closed,
);

export const RecordListQuery = Type.Object(
	{
		limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
		cursor: Type.Optional(Cursor),
		theme: Type.Optional(Uuid),
		type: Type.Optional(Type.String({ maxLength: 100 })),
		tag: Type.Optional(Type.String({ maxLength: 255 })),
		folder: Type.Optional(Type.String({ maxLength: 255 })),
		category: Type.Optional(Type.String({ maxLength: 255 })),
		path_prefix: Type.Optional(Type.String({ maxLength: 2048, description: 'What the path begins with' })),
		revision: Type.Optional(RevisionNumber),
	},
	closed,
);
export type RecordListQuery = Static<typeof RecordListQuery>;

export const RecordQuery = Type.Object({ revision: Type.Optional(RevisionNumber) }, closed);

export const ProjectParams = Type.Object({ project_id: Uuid }, closed);
export const RecordParams = Type.Object({ project_id: Uuid, uuid: Uuid }, closed);

/** As many items as the largest body of an edit has room for. */
const MAX_CHANGES = 1_000_000;
const changes = <T extends TSchema, U extends TSchema, V extends TSchema>(theme: T, token: U, component: V) =>
	Type.Object(
		{
			message: Type.Optional(Type.String({ maxLength: 10_000 })),
			upsert: Type.Optional(
				Type.Object(
					{
						themes: Type.Optional(Type.Array(theme, { maxItems: MAX_CHANGES })),
						tokens: Type.Optional(Type.Array(token, { maxItems: MAX_CHANGES })),
						components: Type.Optional(Type.Array(component, { maxItems: MAX_CHANGES })),
					},
					closed,
				),
			),
			delete: Type.Optional(Type.Array(Uuid, { maxItems: MAX_CHANGES })),
		},
		{
			$id: 'Changes',
			...closed,
			examples: [{ message: 'A first theme', upsert: { themes: [{ name: 'Light', group: 'scheme' }] } }],
		},
	);

/** An edit (API, "changes"). */
export const Changes = changes(ThemeEdit, TokenEdit, ComponentEdit);
/** The same, its records not looked at: each is checked by itself, as one of an archive is. */
export const ChangesEnvelope = changes(FreeObject, FreeObject, FreeObject);

export const ChangesAnswer = Type.Object(
	{ revision: RevisionNumber, added: Count, changed: Count, removed: Count },
	{ $id: 'ChangesAnswer', ...closed },
);

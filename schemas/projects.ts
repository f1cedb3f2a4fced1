import Type, { type Static, type TSchema } from 'typebox';
import { Count, FreeObject, Name, RevisionNumber, Text, Timestamp, Uuid } from './common.ts';
import { anyOf, nameQuery, PageCursor, pageLimit, sortedBy } from './lists.ts';
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

/** Why a revision was made. */
const Cause = Type.Enum(['create', 'edit', 'import', 'merge', 'revert']);

export const Revision = Type.Object(
	{
		revision: RevisionNumber,
		cause: Cause,
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

export const ProjectListQuery = Type.Object(
	{
		limit: pageLimit(200, 50),
		cursor: PageCursor,
		query: nameQuery('A part of the name'),
		sort: sortedBy(
			['name', 'created_at', 'updated_at'],
			'What the projects are sorted by. Without it, in the order in which they came here',
		),
	},
	closed,
);
export type ProjectListQuery = Static<typeof ProjectListQuery>;

export const RevisionListQuery = Type.Object(
	{
		limit: pageLimit(1000, 100),
		cursor: PageCursor,
		cause: anyOf(Cause, 'Why the revision was made'),
		sort: sortedBy(['revision'], 'The newest first (-revision) unless it is given'),
	},
	closed,
);
export type RevisionListQuery = Static<typeof RevisionListQuery>;

export const RecordListQuery = Type.Object(
	{
		limit: pageLimit(1000, 100),
		cursor: PageCursor,
		query: nameQuery('A part of the name, or of a token’s path'),
		theme: anyOf(Uuid, 'The uuid of a token’s theme'),
		type: anyOf(Type.String({ maxLength: 100 }), 'A token’s type'),
		tag: anyOf(Type.String({ maxLength: 255 }), 'One of the tags'),
		folder: anyOf(Type.String({ maxLength: 255 }), 'The folder'),
		category: anyOf(Type.String({ maxLength: 255 }), 'The category'),
		path_prefix: anyOf(Type.String({ maxLength: 2048 }), 'What the name, or a token’s path, begins with'),
		sort: sortedBy(['uuid', 'name', 'updated_at'], 'By uuid unless it is given; a token’s name is its path'),
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

const created = (kind: string) =>
	Type.Array(Uuid, {
		description: `The uuids of the ${kind} that came without one, in the order of the request`,
	});

/** What an edit did. */
export const EditAnswer = Type.Object(
	{
		revision: RevisionNumber,
		added: Count,
		changed: Count,
		removed: Count,
		created: Type.Object(
			{ themes: created('themes'), tokens: created('tokens'), components: created('components') },
			closed,
		),
	},
	{ $id: 'EditAnswer', ...closed },
);
export type EditAnswer = Static<typeof EditAnswer>;

/** What a revert did. */
export const ChangesAnswer = Type.Object(
	{ revision: RevisionNumber, added: Count, changed: Count, removed: Count },
	{ $id: 'ChangesAnswer', ...closed },
);

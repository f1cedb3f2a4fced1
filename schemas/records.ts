import Type, { type Static } from 'typebox';
import { FreeObject, Name, Text, Timestamp, Uuid } from './common.ts';

/** The kinds of records, in the order in which an archive holds them. */
export const KINDS = ['themes', 'tokens', 'components'] as const;
export const Kind = Type.Enum([...KINDS], { $id: 'Kind', description: 'A kind of records' });
export type Kind = (typeof KINDS)[number];

/** How many other records a record may refer to. */
export const MAX_REFERENCES = 1000;

const Tags = Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { maxItems: 1000 });
const Label = Type.String({ minLength: 1, maxLength: 255 });
const Source = Type.Union([Type.String({ maxLength: 10_000 }), FreeObject]);
const Details = Type.Array(Type.Union([Type.String(), FreeObject]), { maxItems: 10_000 });

/**
 * A token's dot path (DTCG Format 2025.10 §5.1.1, §6.7.2): names without dots and braces, none beginning with `$`
 * but a last `$root` (§6.2).
 */
export const TokenPath = Type.String({
	$id: 'TokenPath',
	pattern: '^(?:\\$root|[^.{}$][^.{}]*(?:\\.[^.{}$][^.{}]*)*(?:\\.\\$root)?)$',
	maxLength: 2048,
	description: 'Names joined by dots, as in the DTCG format',
});

/** What a theme says (FORMAT, "theme"): a set of tokens, always active or one context of its group. */
export const ThemeContent = Type.Object(
	{
		name: Name,
		group: Type.Optional(Name),
		order: Type.Optional(Type.Integer({ minimum: -1_000_000, maximum: 1_000_000 })),
		default: Type.Optional(Type.Boolean()),
		description: Type.Optional(Text),
		tags: Type.Optional(Tags),
		extensions: Type.Optional(FreeObject),
	},
	{ additionalProperties: false },
);

/** What a token says (FORMAT, "token"). The value is checked by its type, see `dtcg-values.ts`. */
export const TokenContent = Type.Object(
	{
		theme: Uuid,
		path: TokenPath,
		type: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
		value: Type.Unknown(),
		description: Type.Optional(Text),
		deprecated: Type.Optional(Type.Union([Type.Boolean(), Text])),
		tags: Type.Optional(Tags),
		folder: Type.Optional(Label),
		category: Type.Optional(Label),
		source: Type.Optional(Source),
		nonconforming: Type.Optional(Type.Boolean()),
		extensions: Type.Optional(FreeObject),
	},
	{ additionalProperties: false },
);

const Prop = Type.Object(
	{
		name: Name,
		type: Type.String({ maxLength: 10_000 }),
		required: Type.Optional(Type.Boolean()),
		default: Type.Optional(Type.Unknown()),
		description: Type.Optional(Text),
	},
	{ $id: 'Prop', additionalProperties: false },
);

/** What a component says (FORMAT, "component"). */
export const ComponentContent = Type.Object(
	{
		name: Name,
		description: Type.Optional(Text),
		category: Type.Optional(Label),
		folder: Type.Optional(Label),
		tags: Type.Optional(Tags),
		status: Type.Optional(Label),
		source: Type.Optional(Source),
		props: Type.Optional(Type.Array(Prop, { maxItems: 10_000 })),
		slots: Type.Optional(Details),
		events: Type.Optional(Details),
		variants: Type.Optional(Details),
		tokens: Type.Optional(Type.Array(TokenPath, { maxItems: MAX_REFERENCES })),
		dependencies: Type.Optional(Type.Array(Uuid, { maxItems: MAX_REFERENCES })),
		links: Type.Optional(Details),
		extensions: Type.Optional(FreeObject),
	},
	{ additionalProperties: false },
);

/** The highest version: room for a change every microsecond for nine years, and far below what a double holds. */
export const MAX_VERSION = 2 ** 48;
const Version = Type.Integer({
	$id: 'Version',
	'x-format': 'int64',
	minimum: 1,
	maximum: MAX_VERSION,
	description: 'A Lamport clock: a change sets it to one more than the highest seen',
});

const archived = { uuid: Uuid, version: Version, createdAt: Timestamp, updatedAt: Timestamp };
const shown = { uuid: Uuid, version: Version, created_at: Timestamp, updated_at: Timestamp };
/** An edit may send a record as it was read; what is bookkeeping is ignored (API, "changes"). */
const edited = {
	uuid: Type.Optional(Uuid),
	version: Type.Optional(Type.Unknown()),
	created_at: Type.Optional(Type.Unknown()),
	updated_at: Type.Optional(Type.Unknown()),
};
const closed = { additionalProperties: false };

/** A line of `themes.jsonl`. */
export const ThemeLine = Type.Object({ ...ThemeContent.properties, ...archived }, closed);
/** A line of `tokens.jsonl`. */
export const TokenLine = Type.Object({ ...TokenContent.properties, ...archived }, closed);
/** A line of `components.jsonl`. */
export const ComponentLine = Type.Object({ ...ComponentContent.properties, ...archived }, closed);

/** Records as the API shows them: content and bookkeeping, nothing else. */
export const Theme = Type.Object(
	{ ...ThemeContent.properties, ...shown },
	{ $id: 'Theme', description: 'A set of tokens, always active or one context of its group', ...closed },
);
export const Token = Type.Object(
	{ ...TokenContent.properties, ...shown },
	{ $id: 'Token', description: 'A design token: a named value with a type, in a theme', ...closed },
);
export const Component = Type.Object(
	{ ...ComponentContent.properties, ...shown },
	{ $id: 'Component', description: 'A part of a user interface, and what it uses', ...closed },
);

/** Records as an edit sends them. */
export const ThemeEdit = Type.Object(
	{ ...ThemeContent.properties, ...edited },
	{ $id: 'ThemeEdit', ...closed },
);
export const TokenEdit = Type.Object(
	{ ...TokenContent.properties, ...edited },
	{ $id: 'TokenEdit', ...closed },
);
export const ComponentEdit = Type.Object(
	{ ...ComponentContent.properties, ...edited },
	{ $id: 'ComponentEdit', ...closed },
);

/** A record as the API shows it, by its kind. */
export interface ShownRecord {
	readonly themes: Static<typeof Theme>;
	readonly tokens: Static<typeof Token>;
	readonly components: Static<typeof Component>;
}

export type ThemeLine = Static<typeof ThemeLine>;
export type TokenLine = Static<typeof TokenLine>;
export type ComponentLine = Static<typeof ComponentLine>;
export type TokenContent = Static<typeof TokenContent>;

/** The object in `project.json`. */
export const ProjectEntry = Type.Object(
	{
		uuid: Uuid,
		name: Name,
		description: Type.Optional(Text),
		metadata: Type.Optional(FreeObject),
		createdAt: Timestamp,
		updatedAt: Timestamp,
	},
	closed,
);
export type ProjectEntry = Static<typeof ProjectEntry>;

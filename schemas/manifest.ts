import Type, { type Static } from 'typebox';
import { Count, FreeObject, Name, Sha256, Text, Timestamp, Uuid } from './common.ts';
import { MAX_VERSION } from './records.ts';

const Criterion = Type.String({ maxLength: 255 });

/** The filter of a partial export; records must match each criterion that is given, by any of its values. */
export const Selection = Type.Object(
	{
		themes: Type.Optional(Type.Array(Uuid, { maxItems: 1000 })),
		tags: Type.Optional(Type.Array(Criterion, { maxItems: 1000 })),
		folders: Type.Optional(Type.Array(Criterion, { maxItems: 1000 })),
		categories: Type.Optional(Type.Array(Criterion, { maxItems: 1000 })),
		types: Type.Optional(Type.Array(Criterion, { maxItems: 1000 })),
		path_prefixes: Type.Optional(
			Type.Array(Type.String({ minLength: 1, maxLength: 2048 }), { maxItems: 1000 }),
		),
		kinds: Type.Optional(Type.Array(Type.Enum(['themes', 'tokens', 'components']), { maxItems: 3 })),
	},
	{
		$id: 'Selection',
		description: 'Which records are exported: those that match each criterion given, by any of its values',
		additionalProperties: false,
	},
);
export type Selection = Static<typeof Selection>;

/** So many instances take some 600 kB of a manifest, which may have 1 MiB. */
export const MAX_INSTANCES = 10_000;

/** Where an archive comes from and what it has taken in: the version vector of a merge. */
export const Origin = Type.Object(
	{
		instance: Uuid,
		revision: Type.Integer({ minimum: 1, maximum: MAX_VERSION }),
		lamport: Type.Integer({ minimum: 0, maximum: MAX_VERSION }),
		sync: Type.Record(Uuid, Type.Integer({ minimum: 0, maximum: MAX_VERSION }), {
			additionalProperties: false,
			maxProperties: MAX_INSTANCES,
		}),
	},
	{ additionalProperties: false },
);
export type Origin = Static<typeof Origin>;

export const ManifestFile = Type.Object(
	{ path: Type.String({ minLength: 1, maxLength: 255 }), bytes: Count, sha256: Sha256, records: Count },
	{ additionalProperties: false },
);
export type ManifestFile = Static<typeof ManifestFile>;

/** `manifest.json` of version 2.x (FORMAT, "Manifest"). */
export const Manifest = Type.Object(
	{
		format: Type.Literal('dss'),
		schemaVersion: Type.String({ pattern: '^2\\.\\d{1,4}$' }),
		generator: Text,
		exportedAt: Timestamp,
		project: Type.Object({ uuid: Uuid, name: Type.String() }, { additionalProperties: false }),
		origin: Origin,
		selection: Type.Union([Type.Null(), Selection]),
		counts: Type.Object(
			{ themes: Count, tokens: Count, components: Count, assets: Type.Optional(Count) },
			{ additionalProperties: false },
		),
		/** The rule under which it is to be read again: its references lead nowhere in part, which is known. */
		references: Type.Optional(Type.Literal('warn')),
		files: Type.Array(ManifestFile, { maxItems: 1_000_000 }),
		exportHash: Sha256,
		signature: Type.Optional(Type.Union([Type.Null(), Type.String(), FreeObject])),
	},
	{ additionalProperties: false },
);
export type Manifest = Static<typeof Manifest>;

/** `manifest.json` of versions 1.0 and 1.1 (FORMAT, "Older archives"); what else it says is not used. */
export const OlderManifest = Type.Object({
	schemaVersion: Type.Enum(['1.0', '1.1']),
	project: Type.Object({ uuid: Uuid, name: Name, description: Type.Optional(Text) }),
	exportedAt: Type.Optional(Timestamp),
	exported_at: Type.Optional(Timestamp),
	exportHash: Type.Optional(Sha256),
});

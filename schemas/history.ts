import Type, { type Static } from 'typebox';
import { RevisionNumber, Uuid } from './common.ts';
import { PageCursor, pageLimit } from './lists.ts';
import { page } from './projects.ts';
import { Kind } from './records.ts';

const closed = { additionalProperties: false };

export const DiffQuery = Type.Object(
	{
		from: RevisionNumber,
		to: RevisionNumber,
		limit: pageLimit(1000, 100),
		cursor: PageCursor,
	},
	closed,
);
export type DiffQuery = Static<typeof DiffQuery>;

/** A record that is not the same at two revisions. */
export const RecordDiff = Type.Object(
	{
		kind: Kind,
		uuid: Uuid,
		name: Type.String({ description: 'A token’s path, or the name of a theme or component' }),
		change: Type.Enum(['added', 'changed', 'removed']),
		fields: Type.Array(
			Type.Object({ pointer: Type.String(), from: Type.Unknown(), to: Type.Unknown() }, closed),
			{ description: 'Of a changed record: the fields that differ; null where there is none' },
		),
	},
	{ $id: 'Difference', description: 'A record that is not the same at two revisions', ...closed },
);
export type RecordDiff = Static<typeof RecordDiff>;
export const DiffPage = page('DifferencePage', RecordDiff);

export const Revert = Type.Object(
	{ to: RevisionNumber },
	{ $id: 'RevertRequest', ...closed, examples: [{ to: 1 }] },
);

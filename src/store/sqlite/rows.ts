/** The rows of `revisions`, to and from the types of the port. */
import { textBytes } from '../../records/bounded.ts';
import type { NextRevision, Revision, RevisionOrigin, SyncVector } from '../port.ts';

/** A row of `revisions`, joined with the project's uuid. */
export interface RevisionRow {
	readonly project_uuid: string;
	readonly number: number;
	readonly cause: Revision['cause'];
	readonly message: string | null;
	readonly author: string | null;
	readonly at: string;
	readonly name: string;
	readonly description: string | null;
	readonly metadata: string | null;
	readonly created_at: string;
	readonly updated_at: string;
	readonly themes: number;
	readonly tokens: number;
	readonly components: number;
	readonly added: number;
	readonly changed: number;
	readonly removed: number;
	readonly lamport: number;
	readonly sync: string;
	readonly origin: 'archive' | 'foreign' | null;
	readonly origin_project: string | null;
	readonly origin_instance: string | null;
	readonly origin_revision: number | null;
	readonly faulty_references: number | null;
}

/** The columns of a RevisionRow, from `projects AS p` and `revisions AS r`. */
export const REVISION_COLUMNS = `
  p.uuid AS project_uuid, r.number, r.cause, r.message, r.author, r.at,
  r.name, r.description, r.metadata, r.created_at, r.updated_at,
  r.themes, r.tokens, r.components, r.added, r.changed, r.removed,
  r.lamport, r.sync, r.origin, r.origin_project, r.origin_instance, r.origin_revision,
  r.faulty_references`;

export function toRevision(row: RevisionRow): Revision {
	return {
		projectUuid: row.project_uuid,
		number: row.number,
		cause: row.cause,
		message: row.message,
		author: row.author,
		at: row.at,
		properties: {
			name: row.name,
			description: row.description,
			metadata: row.metadata,
			createdAt: row.created_at,
			updatedAt: row.updated_at,
		},
		counts: { themes: row.themes, tokens: row.tokens, components: row.components },
		added: row.added,
		changed: row.changed,
		removed: row.removed,
		lamport: row.lamport,
		// Written by `fromNext` below, and by nothing else.
		sync: JSON.parse(row.sync) as SyncVector,
		origin: toOrigin(row),
		faultyReferences: row.faulty_references === null ? null : row.faulty_references === 1,
	};
}

function toOrigin(row: RevisionRow): RevisionOrigin | null {
	if (row.origin === 'foreign') return { from: 'foreign' };
	const { origin_project: project, origin_instance: instance, origin_revision: revision } = row;
	if (project === null || instance === null || revision === null) return null;
	return { from: 'archive', project, instance, revision };
}

/** The values of a new row of `revisions`, by column. */
export function fromNext(next: NextRevision): Record<string, string | number | null> {
	const { properties, origin } = next;
	return {
		cause: next.cause,
		message: next.message,
		author: next.author,
		at: next.at,
		name: properties.name,
		description: properties.description,
		metadata: properties.metadata,
		created_at: properties.createdAt,
		updated_at: properties.updatedAt,
		lamport: next.lamport,
		sync: JSON.stringify(next.sync),
		origin: origin?.from ?? null,
		origin_project: origin?.from === 'archive' ? origin.project : null,
		origin_instance: origin?.from === 'archive' ? origin.instance : null,
		origin_revision: origin?.from === 'archive' ? origin.revision : null,
		faulty_references: next.faultyReferences === null ? null : Number(next.faultyReferences),
	};
}

/** What a revision or a project takes in an answer besides its texts. */
const FRAME_BYTES = 400;

/** The bytes of a revision as it is read and answered; texts may be longer in JSON than in the store. */
export function revisionBytes({ name, message, description, metadata, sync }: RevisionRow): number {
	return FRAME_BYTES + textBytes(JSON.stringify([name, message, description]), metadata, sync);
}

/** Projects, records and revisions as the API shows them (API, "Shapes"). */
import type { Static } from 'typebox';
import type { ItemCounts, Project, Revision as RevisionShape } from '../../schemas/projects.ts';
import type { Kind, ShownRecord } from '../../schemas/records.ts';
import type { JsonObject } from '../records/json.ts';
import { shownRecord } from '../records/line.ts';
import type { Counts, Revision } from '../store/port.ts';

export function toItemCounts(counts: Counts): Static<typeof ItemCounts> {
	return { ...counts, assets: 0 };
}

export function toProject({ projectUuid, number, properties, counts }: Revision): Project {
	return {
		project_id: projectUuid,
		name: properties.name,
		description: properties.description,
		// Written by us as the canonical JSON of an object.
		metadata: properties.metadata === null ? null : (JSON.parse(properties.metadata) as JsonObject),
		revision: number,
		item_counts: toItemCounts(counts),
		created_at: properties.createdAt,
		updated_at: properties.updatedAt,
	};
}

export function toRevisionShape({
	number,
	cause,
	message,
	author,
	added,
	changed,
	removed,
	at,
}: Revision): RevisionShape {
	return { revision: number, cause, message, author, added, changed, removed, created_at: at };
}

/** A record's line as the API shows it: its content, `uuid`, `version`, `created_at`, `updated_at`. */
export function toRecord<Of extends Kind>(line: string): ShownRecord[Of] {
	// A line was held against the schema of its kind before it was staged; only two names differ.
	return shownRecord(line) as unknown as ShownRecord[Of];
}

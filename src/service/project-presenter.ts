/** Projects, records, revisions and differences as the API shows them (API, "Shapes"). */
import type { Static } from 'typebox';
import type { RecordDiff } from '../../schemas/history.ts';
import type { AnyRecord, ItemCounts, Project, Revision as RevisionShape } from '../../schemas/projects.ts';
import { differingFields } from '../pipeline/merge/rules/fields.ts';
import type { JsonObject } from '../records/json.ts';
import { contentOf, parseLine, shownRecord } from '../records/line.ts';
import { formatPointer, valueAt } from '../records/pointer.ts';
import type { Counts, RecordDifference, Revision } from '../store/port.ts';

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
export function toRecord(line: string): Static<typeof AnyRecord> {
	// A line was held against its schema before it was staged; only two names differ.
	return shownRecord(line) as unknown as Static<typeof AnyRecord>;
}

/** How a record differs between two revisions, field by field. */
export function toRecordDiff({ kind, uuid, from, to }: RecordDifference): RecordDiff {
	const [before, now] = [from, to].map((line) => (line === null ? null : contentOf(parseLine(line))));
	const record = now ?? before ?? {};
	const common = { kind, uuid, name: String(record['path'] ?? record['name']) };
	if (!before) return { ...common, change: 'added', fields: [] };
	if (!now) return { ...common, change: 'removed', fields: [] };
	const fields = differingFields(before, now).map((path) => ({
		pointer: formatPointer(path),
		from: valueAt(before, path) ?? null,
		to: valueAt(now, path) ?? null,
	}));
	return { ...common, change: 'changed', fields };
}

/** How records differ between two revisions, as the API shows it (API, "Shapes"). */
import type { RecordDiff } from '../../schemas/history.ts';
import { contentOf, parseLine } from '../records/line.ts';
import type { RecordDifference } from '../store/port.ts';
import { differingFields, fieldStates } from './merge/rules/fields.ts';

/** How a record differs between two revisions, field by field. */
export function toRecordDiff({ kind, uuid, from, to }: RecordDifference): RecordDiff {
	const content = (line: string | null) => line && contentOf(parseLine(line));
	const [before, now] = [content(from), content(to)];
	const record = now || before || {};
	const common = { kind, uuid, name: String(record['path'] ?? record['name']) };
	if (!before) return { ...common, change: 'added', fields: [] };
	if (!now) return { ...common, change: 'removed', fields: [] };
	const sides = { base: null, local: before, imported: now };
	const fields = fieldStates(differingFields(before, now), sides).map(({ pointer, local, imported }) => ({
		pointer,
		from: local ?? null,
		to: imported ?? null,
	}));
	return { ...common, change: 'changed', fields };
}

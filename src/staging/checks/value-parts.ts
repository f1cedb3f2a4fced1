import { isTokenType } from '../../../schemas/dtcg-values.ts';
import { ReferenceBudget } from '../../records/reference-budget.ts';
import { aliasPath } from '../../records/references.ts';
import { valueFault } from '../../records/values.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type { Finding } from '../port.ts';
import type { TableSet } from '../tables.ts';
import { type Check, countTokens } from './check.ts';
import { PartResolver, type Resolved } from './part-resolver.ts';
import { TokenValues } from './token-values.ts';

/** Tokens that refer to a part of a value, by the primary key; those of a theme together. */
export const withParts = ({ records, references }: TableSet): string => `
  SELECT t.uuid, t.name, t.type, t.theme
  FROM ${records} AS t
  WHERE t.kind = 2 AND t.uuid IN (
    SELECT r.uuid FROM ${references} AS r WHERE r.kind = 2 AND r.part IS NOT NULL AND ${unlessStopped('r.rowid')})
  ORDER BY t.theme, t.uuid`;

interface PartRow {
	readonly uuid: string;
	readonly name: string;
	readonly type: string | null;
	readonly theme: string;
}

/**
 * REFUSALS 33 and 35 for references to a part of a value (DTCG Format 2025.10 §7.3): the part is there, and the value
 * that it completes is one of its type. REFUSALS 43 bounds the steps that this takes.
 */
export const valueParts: Check = {
	id: 'value-parts',
	*find(db, set) {
		const budget = new ReferenceBudget(countTokens(db, set));
		const values = new TokenValues(db, set, budget);
		const resolver = new PartResolver((theme, path) => values.seenFrom(theme, path), budget);
		for (const row of db.prepare<[], PartRow>(withParts(set)).iterate()) {
			const finding = findingOf(row, resolver.resolve(row.theme, values.of(row.uuid)));
			if (finding !== null) yield finding;
		}
	},
};

function findingOf({ uuid, name: path, type }: PartRow, whole: Resolved): Finding | null {
	if (!whole.ok) return { code: 'dangling_reference', uuid, path, reason: whole.reason };
	const known = type ?? undefined;
	const isAlias = typeof whole.value === 'string' && aliasPath(whole.value) !== null;
	const fault = isTokenType(known) && !isAlias ? valueFault(known, whole.value) : null;
	if (fault === null) return null;
	const reason = `with what it refers to, it is ${fault.reason}`;
	const pointer = `/value${fault.pointer}`;
	return { code: 'reference_type', uuid, path, reason, pointer, rule: fault.rule };
}

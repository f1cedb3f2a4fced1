import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type { TableSet } from '../tables.ts';
import type { Check } from './check.ts';

/** Tokens are found by the index by name, components by the primary key. */
export const danglingOfComponents = ({ records, references }: TableSet): string => `
  SELECT r.uuid, c.name, r.relation, r.target, r.pointer
  FROM ${references} AS r
  CROSS JOIN ${records} AS c ON c.kind = 3 AND c.uuid = r.uuid
  WHERE r.kind = 3 AND ${unlessStopped('r.rowid')} AND (
    (r.relation = 'token'
      AND NOT EXISTS (SELECT 1 FROM ${records} AS t WHERE t.kind = 2 AND t.name = r.target))
    OR (r.relation = 'component'
      AND NOT EXISTS (SELECT 1 FROM ${records} AS d WHERE d.kind = 3 AND d.uuid = r.target)))`;

interface DanglingRow {
	readonly uuid: string;
	readonly name: string;
	readonly relation: 'token' | 'component';
	readonly target: string;
	readonly pointer: string;
}

const message = ({ relation, target }: DanglingRow): string => `the ${relation} ${target} is not there`;

/** REFUSALS 32: the tokens that a component uses, and the components that it needs, are there. */
export const componentReferences: Check = {
	id: 'component-references',
	*find(db, set) {
		for (const row of db.prepare<[], DanglingRow>(danglingOfComponents(set)).iterate()) {
			const { uuid, name: path, pointer } = row;
			yield { code: 'dangling_reference', uuid, path, pointer, reason: message(row) };
		}
	},
};

import { isTokenType } from '../../../schemas/dtcg-values.ts';
import { isJsonObject } from '../../records/json.ts';
import { parsePointer, valueAt } from '../../records/pointer.ts';
import { aliasPath, pointerTarget } from '../../records/references.ts';
import { valueFault } from '../../records/values.ts';
import type { Connection } from '../../sqlite/connection.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type { Finding } from '../port.ts';
import type { TableSet } from '../tables.ts';
import { ACTIVE_TOGETHER, type Check } from './check.ts';

/** Tokens that refer to a part of a value, by the primary key. */
export const withParts = ({ records, references }: TableSet): string => `
  SELECT t.uuid, t.name, t.type, t.theme, t.line
  FROM ${records} AS t
  WHERE t.kind = 2 AND t.uuid IN (
    SELECT r.uuid FROM ${references} AS r WHERE r.kind = 2 AND r.part IS NOT NULL AND ${unlessStopped('r.rowid')})`;

export const target = ({ records, byName }: TableSet): string => `
  SELECT u.line
  FROM ${records} AS u INDEXED BY ${byName}
  LEFT JOIN ${records} AS a ON a.kind = 1 AND a.uuid = :theme
  LEFT JOIN ${records} AS b ON b.kind = 1 AND b.uuid = u.theme
  WHERE u.kind = 2 AND u.name = :path AND ${unlessStopped('u.uuid')} AND ${ACTIVE_TOGETHER}
  ORDER BY u.theme = :theme DESC, b.theme_order DESC, u.uuid
  LIMIT 1`;

/** Steps that a reference may take before it is given up: circles are another check's matter. */
const MAX_STEPS = 64;

class Nowhere extends Error {}

interface PartRow {
	readonly uuid: string;
	readonly name: string;
	readonly type: string | null;
	readonly theme: string;
	readonly line: string;
}

/**
 * REFUSALS 33 and 35 for references to a part of a value (DTCG Format 2025.10 §7.3): the part is there, and the value
 * that it completes is one of its type. Pointers are rare, so this is done a token at a time.
 */
export const valueParts: Check = {
	id: 'value-parts',
	*find(db, set) {
		const resolver = new PartResolver(db, set);
		for (const row of db.prepare<[], PartRow>(withParts(set)).iterate()) {
			const finding = findingOf(row, resolver);
			if (finding !== null) yield finding;
		}
	},
};

function findingOf({ uuid, name: path, type, theme, line }: PartRow, resolver: PartResolver): Finding | null {
	try {
		const whole = resolver.resolved(theme, tokenValue(line), 0);
		const known = type ?? undefined;
		const fault = isTokenType(known) && aliasOnly(whole) === null ? valueFault(known, whole) : null;
		if (fault === null) return null;
		const reason = `with what it refers to, it is ${fault.reason}`;
		const pointer = `/value${fault.pointer}`;
		return { code: 'reference_type', uuid, path, reason, pointer, rule: fault.rule };
	} catch (error) {
		if (!(error instanceof Nowhere)) throw error;
		return { code: 'dangling_reference', uuid, path, reason: error.message };
	}
}

class PartResolver {
	readonly #target: ReturnType<Connection['prepare']>;

	constructor(db: Connection, set: TableSet) {
		this.#target = db.prepare(target(set)).pluck();
	}

	/** A value with every pointer in it replaced by what it leads to. */
	resolved(theme: string, value: unknown, steps: number): unknown {
		if (steps > MAX_STEPS) throw new Nowhere('its references take too many steps');
		if (Array.isArray(value)) return value.map((item) => this.resolved(theme, item, steps + 1));
		if (!isJsonObject(value)) return value;
		const ref = value['$ref'];
		if (typeof ref === 'string') return this.#follow(theme, ref, steps);
		return Object.fromEntries(
			Object.entries(value).map(([member, part]) => [member, this.resolved(theme, part, steps + 1)]),
		);
	}

	#follow(theme: string, ref: string, steps: number): unknown {
		const target = pointerTarget(ref);
		if (target === null) throw new Nowhere(`${ref} leads to no token's value`);
		let value = this.#targetValue(theme, target.path, ref);
		for (let hop = 0; hop < MAX_STEPS; hop++) {
			const path = aliasOnly(value);
			if (path === null) break;
			value = this.#targetValue(theme, path, ref);
		}
		// What the pointer passes through may itself be a pointer.
		const whole = target.part === null ? value : this.resolved(theme, value, steps + 1);
		const part = target.part === null ? whole : valueAt(whole, parsePointer(target.part) ?? []);
		if (part === undefined) throw new Nowhere(`${ref} leads to a part that is not there`);
		return this.resolved(theme, part, steps + 1);
	}

	#targetValue(theme: string, path: string, ref: string): unknown {
		const line = this.#target.get({ theme, path });
		if (typeof line !== 'string')
			throw new Nowhere(`${ref} leads to the token {${path}}, which is not there`);
		return tokenValue(line);
	}
}

function aliasOnly(value: unknown): string | null {
	return typeof value === 'string' ? aliasPath(value) : null;
}

function tokenValue(line: string): unknown {
	const record: unknown = JSON.parse(line);
	return isJsonObject(record) ? record['value'] : undefined;
}

/**
 * The types that the tokens of a path may have, whatever their themes: where each path has the type that is expected of
 * it, which is nearly always, no token needs to be looked at. Linear in tokens and references.
 */
import type { Connection } from '../../sqlite/connection.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type { TableSet } from '../tables.ts';

/** Two of a path's own types: whether there is more than one is all that counts. */
export const ownTypes = ({ records, byName }: TableSet): string => `
  SELECT x.name, min(x.type) AS one, max(x.type) AS other FROM ${records} AS x INDEXED BY ${byName}
  WHERE x.kind = 2 AND ${unlessStopped('x.uuid')}
  GROUP BY x.name`;

/** Which paths have tokens without a type that refer to others as a whole, and so have their types. */
export const inheriting = ({ records, references }: TableSet): string => `
  SELECT DISTINCT t.name AS source, r.target
  FROM ${references} AS r
  CROSS JOIN ${records} AS t ON t.kind = 2 AND t.uuid = r.uuid AND t.type IS NULL
  WHERE r.kind = 2 AND r.pointer = '/value' AND r.part IS NULL AND ${unlessStopped('r.rowid')}`;

export const expectations = ({ references }: TableSet): string => `
  SELECT DISTINCT r.target, r.expects FROM ${references} AS r
  WHERE r.kind = 2 AND r.part IS NULL AND r.expects IS NOT NULL AND ${unlessStopped('r.rowid')}`;

export interface DoubtfulPaths {
	/** Paths one of whose tokens may have another type than a reference expects. */
	readonly doubtful: readonly string[];
	/** These, and the paths from which their tokens may have their types. */
	readonly reached: readonly string[];
}

/** Finds the paths that must be looked at token by token. */
export function doubtfulPaths(db: Connection, set: TableSet): DoubtfulPaths {
	const types = new PathTypes();
	const own = db.prepare<[], { name: string; one: string | null; other: string | null }>(ownTypes(set));
	const sources = new Map<string, string[]>();
	const targets = new Map<string, string[]>();
	for (const { source, target } of db
		.prepare<[], { source: string; target: string }>(inheriting(set))
		.iterate()) {
		append(sources, target, source);
		append(targets, source, target);
	}
	for (const { name, one, other } of own.iterate()) {
		for (const type of [one, other]) if (type !== null) types.add(name, type);
	}
	types.spread(sources);
	const doubtful = new Set<string>();
	for (const { target, expects } of db
		.prepare<[], { target: string; expects: string }>(expectations(set))
		.iterate()) {
		if (types.mayDiffer(target, expects)) doubtful.add(target);
	}
	const reached = new Set(doubtful);
	// A set is walked through to what is added meanwhile.
	for (const path of reached) for (const target of targets.get(path) ?? []) reached.add(target);
	return { doubtful: [...doubtful], reached: [...reached] };
}

class PathTypes {
	/** Two types of each path at most: two differ, whatever is expected. */
	readonly #types = new Map<string, Set<string>>();
	readonly #added: [path: string, type: string][] = [];

	add(path: string, type: string): void {
		const types = this.#types.get(path) ?? new Set();
		if (types.size === 2 || types.has(type)) return;
		this.#types.set(path, types.add(type));
		this.#added.push([path, type]);
	}

	/** Gives the types of paths to those that inherit from them: each path takes two at most, so this ends soon. */
	spread(sources: ReadonlyMap<string, readonly string[]>): void {
		for (let added = this.#added.pop(); added !== undefined; added = this.#added.pop()) {
			const [path, type] = added;
			for (const source of sources.get(path) ?? []) this.add(source, type);
		}
	}

	mayDiffer(path: string, expected: string): boolean {
		return [...(this.#types.get(path) ?? [])].some((type) => type !== expected);
	}
}

function append(lists: Map<string, string[]>, key: string, value: string): void {
	const list = lists.get(key);
	if (list === undefined) lists.set(key, [value]);
	else list.push(value);
}

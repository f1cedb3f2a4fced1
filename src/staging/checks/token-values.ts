/** Values of tokens as references mean them: by path, seen from a theme. */
import { isJsonObject } from '../../records/json.ts';
import type { ReferenceBudget } from '../../records/reference-budget.ts';
import type { Connection } from '../../sqlite/connection.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type { TableSet } from '../tables.ts';

/** By the index by name: the token that a theme itself has at a path. */
export const ownAt = ({ records, byName }: TableSet): string => `
  SELECT u.uuid
  FROM ${records} AS u INDEXED BY ${byName}
  WHERE u.kind = 2 AND u.name = :path AND u.theme = :theme AND ${unlessStopped('u.uuid')}
  ORDER BY u.uuid
  LIMIT 1`;

/** All tokens of a path, the one that is laid over the others first. */
export const allAt = ({ records, byName }: TableSet): string => `
  SELECT u.uuid, b.theme_group AS themeGroup
  FROM ${records} AS u INDEXED BY ${byName}
  LEFT JOIN ${records} AS b ON b.kind = 1 AND b.uuid = u.theme
  WHERE u.kind = 2 AND u.name = :path AND ${unlessStopped('u.uuid')}
  ORDER BY b.theme_order DESC, u.uuid`;

const groupOf = ({ records }: TableSet): string =>
	`SELECT theme_group FROM ${records} WHERE kind = 1 AND uuid = :theme`;
const lineOf = ({ records }: TableSet): string =>
	`SELECT line FROM ${records} WHERE kind = 2 AND uuid = :uuid`;

interface Candidate {
	readonly uuid: string;
	readonly themeGroup: string | null;
}

/** Characters of lines whose values are kept parsed, and those that cost a step to parse again. */
const MAX_PARSED = 4_000_000;
const PARSED_PIECE = 1_024;

export class TokenValues {
	readonly #own;
	readonly #all;
	readonly #group;
	readonly #line;
	readonly #budget: ReferenceBudget;
	/** The first token of a path, and the first of another group: one of them is what any other theme sees. */
	readonly #candidates = new Map<string, readonly Candidate[]>();
	readonly #groups = new Map<string, string | null>();
	readonly #parsed = new Map<string, unknown>();
	#parsedLength = 0;

	constructor(db: Connection, set: TableSet, budget: ReferenceBudget) {
		this.#own = db.prepare<object, { uuid: string }>(ownAt(set));
		this.#all = db.prepare<object, Candidate>(allAt(set));
		this.#group = db.prepare<object, { theme_group: string | null }>(groupOf(set));
		this.#line = db.prepare<object, { line: string }>(lineOf(set));
		this.#budget = budget;
	}

	/** The value of a token by its uuid, read anew. */
	of(uuid: string): unknown {
		return valueIn(this.#line.get({ uuid })?.line ?? 'null');
	}

	/**
	 * The value that a path means seen from a theme: its own token, else the one laid over all others that can be active
	 * with it (FORMAT, "theme"). Undefined where there is none.
	 */
	seenFrom(theme: string, path: string): unknown {
		const uuid = this.#own.get({ theme, path })?.uuid ?? this.#otherAt(theme, path);
		if (uuid === undefined) return undefined;
		if (this.#parsed.has(uuid)) return this.#parsed.get(uuid);
		const { line } = this.#line.get({ uuid }) ?? { line: 'null' };
		this.#budget.spend(Math.floor(line.length / PARSED_PIECE));
		this.#parsedLength += line.length;
		if (this.#parsedLength > MAX_PARSED) {
			this.#parsed.clear();
			this.#parsedLength = line.length;
		}
		const value = valueIn(line);
		this.#parsed.set(uuid, value);
		return value;
	}

	#otherAt(theme: string, path: string): string | undefined {
		const group = this.#groupOf(theme);
		const fits = ({ themeGroup }: Candidate) => group === null || themeGroup === null || themeGroup !== group;
		return this.#candidatesAt(path).find(fits)?.uuid;
	}

	#candidatesAt(path: string): readonly Candidate[] {
		const known = this.#candidates.get(path);
		if (known !== undefined) return known;
		const found: Candidate[] = [];
		for (const candidate of this.#all.iterate({ path })) {
			if (found.some(({ themeGroup }) => themeGroup === candidate.themeGroup)) continue;
			found.push(candidate);
			if (found.length === 2 || candidate.themeGroup === null) break;
		}
		this.#candidates.set(path, found);
		return found;
	}

	#groupOf(theme: string): string | null {
		const known = this.#groups.get(theme);
		if (known !== undefined) return known;
		const group = this.#group.get({ theme })?.theme_group ?? null;
		this.#groups.set(theme, group);
		return group;
	}
}

function valueIn(line: string): unknown {
	const record: unknown = JSON.parse(line);
	return isJsonObject(record) ? record['value'] : undefined;
}

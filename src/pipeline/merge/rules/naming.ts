/** Uuids and names that records get through a merge. */
import { v5 } from 'uuid';
import type { JsonObject } from '../../../records/json.ts';

/**
 * The uuid of a record that is kept beside ours: of what it is and says, so the same record is forked once, however
 * often it comes, and alike on every instance (RFC 9562 §5.5).
 */
export function forkUuid(projectUuid: string, uuid: string, hash: string): string {
	return v5(`fork\n${uuid}\n${hash}`, projectUuid);
}

/**
 * Free names: the name itself, or with "-imported", "-imported-2" and so on behind it. What was found taken is not asked
 * for again: names never become free while this is used.
 */
export class FreeNames {
	/** The number to go on with, by name and where it is taken. */
	readonly #next = new Map<string, number>();

	/**
	 * @param within where the name must be free: names of two of these do not meet
	 * @param taken whether a name is in use there
	 */
	of(name: string, within: string, taken: (name: string) => boolean): string {
		const key = JSON.stringify([within, name]);
		for (let number = this.#next.get(key) ?? 0; ; number++) {
			const candidate = numbered(name, number);
			if (taken(candidate)) continue;
			this.#next.set(key, number);
			return candidate;
		}
	}
}

function numbered(name: string, number: number): string {
	if (number === 0) return name;
	return `${name}-imported${number === 1 ? '' : `-${number}`}`;
}

/** How a record is to be named, and what it names. */
export interface NewNames {
	readonly uuid: string;
	readonly theme?: string | null;
	/** Uuids of components, by the ones that the record names. */
	readonly dependencies?: Readonly<Record<string, string>>;
}

/** A record under another uuid, or with others named by theirs. */
export function underNewNames(record: JsonObject, { uuid, theme, dependencies = {} }: NewNames): JsonObject {
	const { dependencies: named } = record;
	return {
		...record,
		uuid,
		...(typeof theme === 'string' ? { theme } : {}),
		...(Array.isArray(named) ? { dependencies: named.map((one) => dependencies[String(one)] ?? one) } : {}),
	};
}

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

/** A name that is free: the name itself, or with "-imported", "-imported-2" and so on behind it. */
export function freeName(name: string, taken: (name: string) => boolean): string {
	if (!taken(name)) return name;
	for (let number = 1; ; number++) {
		const candidate = `${name}-imported${number === 1 ? '' : `-${number}`}`;
		if (!taken(candidate)) return candidate;
	}
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

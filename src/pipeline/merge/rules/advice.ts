/** Which of two states is the newer one, as far as that is known. */

export type Advice = 'local' | 'imported' | 'unknown';

/** What is known of one side of a conflict. */
export interface SideState {
	/** Its Lamport version; null in archives of versions that had none. */
	readonly version: number | null;
	/** By the clock of the machine that changed it (RFC 3339). */
	readonly updatedAt: string;
	/** Its content hash. */
	readonly hash: string;
}

export interface ClockRules {
	/** The time of this machine, in milliseconds since 1970. */
	readonly now: number;
	/** Times this close together say nothing, in milliseconds. */
	readonly toleranceMs: number;
	/** Times this far apart are warned of, in milliseconds. */
	readonly driftMs: number;
}

export interface Recommendation {
	readonly advice: Advice;
	/** Why the advice is weak; null where it is not. */
	readonly warning: string | null;
	/** Whether the clocks themselves look wrong. */
	readonly clockSkew: boolean;
}

const sure = (advice: Advice): Recommendation => ({ advice, warning: null, clockSkew: false });

/**
 * Advice where both sides stem from a common base: never from clocks. A change outweighs a deletion, since it can be
 * deleted again. Then the higher version, which a clock cannot bend. States of one version were made without
 * knowledge of each other; the content hash then decides, so that every instance decides alike.
 */
export function adviseByVersion(local: SideState | null, imported: SideState | null): Recommendation {
	if (local === null) return sure('imported');
	if (imported === null) return sure('local');
	if (local.version === null || imported.version === null) {
		return { advice: 'unknown', warning: 'One side has no versions to go by.', clockSkew: false };
	}
	const byVersion = local.version - imported.version;
	if (byVersion !== 0) return sure(byVersion > 0 ? 'local' : 'imported');
	return {
		advice: local.hash > imported.hash ? 'local' : 'imported',
		warning:
			'Neither side is newer: both were changed without knowing of each other. All instances choose alike.',
		clockSkew: false,
	};
}

/** Advice where no common base is known: the version if both have one and they differ, else the clocks. */
export function adviseByClocks(local: SideState, imported: SideState, clock: ClockRules): Recommendation {
	if (local.version !== null && imported.version !== null && local.version !== imported.version) {
		return sure(local.version > imported.version ? 'local' : 'imported');
	}
	const [here, there] = [Date.parse(local.updatedAt), Date.parse(imported.updatedAt)];
	const apart = Math.abs(here - there);
	const future = Math.max(here, there) > clock.now + clock.toleranceMs;
	// A leap second is a time (RFC 3339 §5.7) that Date.parse does not know.
	if (Number.isNaN(apart) || apart <= clock.toleranceMs) {
		const warning = future
			? 'The times are in the future of this machine, and too close together to say which is newer.'
			: 'The times are too close together to say which is newer.';
		return { advice: 'unknown', warning, clockSkew: future };
	}
	const advice = here > there ? 'local' : 'imported';
	if (future) {
		const warning = 'A time is in the future of this machine: one of the clocks is wrong.';
		return { advice, warning, clockSkew: true };
	}
	if (apart > clock.driftMs) {
		const hours = Math.round(apart / 360_000) / 10;
		return { advice, warning: `The times are ${hours} h apart: a clock may be wrong.`, clockSkew: true };
	}
	return { advice, warning: null, clockSkew: false };
}

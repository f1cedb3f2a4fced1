/** What a project says of itself, merged three ways: name, description, metadata. */
import type { Strategy } from '../../../schemas/merges.ts';
import type { ProjectProperties } from '../../store/port.ts';
import type { Incoming } from '../incoming.ts';

type Descriptive = Pick<ProjectProperties, 'name' | 'description' | 'metadata'>;
const MEMBERS = ['name', 'description', 'metadata'] as const;

export interface MergedProperties {
	readonly properties: ProjectProperties;
	/** What both sides changed, each in its own way. */
	readonly conflicts: readonly (keyof Descriptive)[];
}

/** Merges properties. A file of others says nothing of a project, nor does an archive of another project. */
export function mergeProperties(
	incoming: Incoming,
	base: ProjectProperties | null,
	local: ProjectProperties,
	strategy: Strategy,
	at: string,
): MergedProperties {
	if (incoming.origin?.project !== incoming.projectUuid) return { properties: local, conflicts: [] };
	const merged: { -readonly [Member in keyof Descriptive]: Descriptive[Member] } = { ...pick(local) };
	const conflicts: (keyof Descriptive)[] = [];
	for (const member of MEMBERS) {
		const [l, i] = [local[member], incoming.properties[member]];
		if (l === i || i === base?.[member]) continue;
		const changedHere = base === null || l !== base[member];
		if (changedHere) conflicts.push(member);
		if (!changedHere || theirs(strategy, l, i)) Object.assign(merged, { [member]: i });
	}
	const changed = MEMBERS.some((member) => merged[member] !== local[member]);
	return { properties: changed ? { ...local, ...merged, updatedAt: at } : local, conflicts };
}

/** ProjectProperties have no version; where the strategy asks for the newer, every instance chooses the greater text. */
function theirs(strategy: Strategy, local: string | null, imported: string | null): boolean {
	if (strategy === 'newest') return (imported ?? '') > (local ?? '');
	return strategy === 'keep_imported';
}

function pick({ name, description, metadata }: ProjectProperties): Descriptive {
	return { name, description, metadata };
}

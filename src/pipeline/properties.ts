/** What a project says of itself: name, description, metadata, times. */
import type { ProjectProperties, Revision } from '../store/port.ts';
import type { Incoming } from './incoming.ts';

/** The properties that the next revision would have. A foreign file says nothing of a project that is there. */
export function nextProperties(
	incoming: Incoming,
	current: Revision | null,
	at: string,
	named: boolean,
): ProjectProperties {
	const { properties } = incoming;
	if (current !== null && incoming.format === 'dtcg') {
		return { ...current.properties, ...(named ? { name: properties.name } : {}), updatedAt: at };
	}
	return {
		name: properties.name,
		description: properties.description,
		metadata: properties.metadata,
		createdAt: properties.createdAt ?? at,
		updatedAt: properties.updatedAt ?? at,
	};
}

/** Whether two states say the same of a project; times aside. */
export function sameProperties(one: ProjectProperties, other: ProjectProperties): boolean {
	return one.name === other.name && one.description === other.description && one.metadata === other.metadata;
}

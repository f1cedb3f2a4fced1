/** Projects themselves: made empty, renamed, removed. */
import { v7 } from 'uuid';
import { checkProject, projectEntry } from '../records/project-entry.ts';
import type { ProjectProperties, Revision } from '../store/port.ts';
import { leased, withProject } from './leased.ts';
import type { Precondition } from './precondition.ts';
import { assertFitsArchive, needsRoom } from './project-size.ts';
import { sameProperties } from './properties.ts';
import type { Work } from './work.ts';

export interface NewProperties {
	readonly name?: string | undefined;
	readonly description?: string | null | undefined;
	/** Canonical JSON. */
	readonly metadata?: string | null | undefined;
}

/** Makes an empty project: revision 1. @throws {DssError} as `checkProject` */
export async function createProject(
	work: Work,
	given: NewProperties & { readonly name: string },
): Promise<Revision> {
	const projectUuid = v7();
	const at = work.at();
	const properties: ProjectProperties = {
		name: given.name,
		description: given.description ?? null,
		metadata: given.metadata ?? null,
		createdAt: at,
		updatedAt: at,
	};
	assertExportable(work, projectUuid, properties);
	return leased(work, projectUuid, (lease) =>
		work.store.writeProperties(lease, {
			cause: 'create',
			message: null,
			author: null,
			at,
			properties,
			lamport: 0,
			sync: {},
			origin: null,
			faultyReferences: false,
		}),
	);
}

/**
 * Changes what is given of a project's properties; nothing different makes no revision.
 *
 * @throws {DssError} project_unknown, project_busy, revision_stale, project_too_large, and as `checkProject`
 */
export async function updateProject(
	work: Work,
	projectUuid: string,
	given: NewProperties,
	precondition: Precondition,
): Promise<Revision> {
	return withProject(work, projectUuid, precondition, async (lease, current) => {
		const at = work.at();
		const properties: ProjectProperties = {
			...current.properties,
			...(given.name === undefined ? {} : { name: given.name }),
			...(given.description === undefined ? {} : { description: given.description }),
			...(given.metadata === undefined ? {} : { metadata: given.metadata }),
			updatedAt: at,
		};
		if (sameProperties(properties, current.properties)) return current;
		assertExportable(work, projectUuid, properties);
		if (needsRoom(work, current, properties)) await assertRoom(work, current, properties);
		const { lamport, sync, faultyReferences } = current;
		return work.store.writeProperties(lease, {
			cause: 'edit',
			message: null,
			author: null,
			at,
			properties,
			lamport,
			sync,
			origin: null,
			faultyReferences,
		});
	});
}

/** @throws {DssError} project_too_large */
async function assertRoom(work: Work, current: Revision, properties: ProjectProperties): Promise<void> {
	const { projectUuid, sync } = current;
	const filling = work.staging.begin();
	const here = await work.store.layOut(work.staging, 'here', { projectUuid, revision: current.number });
	filling.carryOver(here, { of: 'records', remove: [] });
	const comparison = filling.compareUnchecked(here);
	await assertFitsArchive(work, { comparison, projectUuid, properties, sync, before: current.properties });
}

/** Holds properties to what an archive may say of a project. @throws {DssError} as `checkProject` */
export function assertExportable({ limits }: Work, projectUuid: string, properties: ProjectProperties): void {
	checkProject(projectEntry(projectUuid, properties), { entry: 'the project' }, limits);
}

/** Removes a project with its history. */
export async function removeProject(
	work: Work,
	projectUuid: string,
	precondition: Precondition,
): Promise<void> {
	await withProject(work, projectUuid, precondition, (lease) => work.store.remove(lease));
}

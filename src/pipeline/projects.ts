/** Projects themselves: made empty, renamed, removed. */
import { v7 } from 'uuid';
import { errors } from '../errors.ts';
import { checkProject, projectEntry } from '../records/project-entry.ts';
import type { ProjectProperties, Revision } from '../store/port.ts';
import { assertIfMatch, type Precondition, sameProperties } from './target.ts';
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
	const { workspace } = work;
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
	await workspace.lease(projectUuid, work.holder);
	try {
		return await workspace.applyProperties(projectUuid, {
			cause: 'create',
			message: null,
			author: null,
			at,
			properties,
			lamport: 0,
			sync: {},
			origin: null,
		});
	} finally {
		await workspace.release(projectUuid, work.holder);
	}
}

/**
 * Changes what is given of a project's properties; nothing different makes no revision.
 *
 * @throws {DssError} project_unknown, project_busy, revision_stale, and as `checkProject`
 */
export async function updateProject(
	work: Work,
	projectUuid: string,
	given: NewProperties,
	precondition: Precondition,
): Promise<Revision> {
	return withLease(work, projectUuid, precondition, async (current) => {
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
		const { lamport, sync } = current;
		const said = {
			cause: 'edit',
			message: null,
			author: null,
			at,
			properties,
			lamport,
			sync,
			origin: null,
		} as const;
		return work.workspace.applyProperties(projectUuid, said);
	});
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
	await withLease(work, projectUuid, precondition, () => work.workspace.remove(projectUuid));
}

/** Runs something with the sole right to write a project that is there. @throws {DssError} project_unknown, project_busy */
export async function withLease<T>(
	work: Work,
	projectUuid: string,
	precondition: Precondition,
	run: (current: Revision) => Promise<T>,
): Promise<T> {
	const { workspace } = work;
	if ((await workspace.revision(projectUuid)) === null)
		throw errors.projectUnknown({ project_id: projectUuid });
	await workspace.lease(projectUuid, work.holder);
	try {
		const current = await workspace.revision(projectUuid);
		if (current === null) throw errors.projectUnknown({ project_id: projectUuid });
		assertIfMatch(projectUuid, current, precondition);
		return await run(current);
	} finally {
		await workspace.release(projectUuid, work.holder);
	}
}

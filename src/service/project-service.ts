/** Projects: listed, read, edited. What moves archives is `archive-service.ts`. */
import type { DiffQuery, RecordDiff } from '../../schemas/history.ts';
import type { Project, RecordListQuery, Revision as RevisionShape } from '../../schemas/projects.ts';
import type { Kind, ShownRecord } from '../../schemas/records.ts';
import { errors } from '../errors.ts';
import type { EditOptions, EditResult } from '../pipeline/edit.ts';
import type { Precondition } from '../pipeline/precondition.ts';
import type { Reader, Revision } from '../store/port.ts';
import type { TaskRunner } from '../workers/port.ts';
import type { Admission } from './admission.ts';
import { differenceCursor, projectCursor, recordCursor, revisionCursor } from './cursors.ts';
import { toProject, toRecord, toRevisionShape } from './project-presenter.ts';

export type { Precondition } from '../pipeline/precondition.ts';

/** A page as the API shows it. */
export interface ListPage<T> {
	readonly items: T[];
	readonly next_cursor: string | null;
	readonly total: number;
}

export class ProjectService {
	readonly #reader: Reader;
	readonly #tasks: TaskRunner;
	readonly #admission: Admission;

	constructor(reader: Reader, tasks: TaskRunner, admission: Admission) {
		this.#reader = reader;
		this.#tasks = tasks;
		this.#admission = admission;
	}

	async list(options: { limit?: number; cursor?: string; query?: string }): Promise<ListPage<Project>> {
		const after = options.cursor === undefined ? null : projectCursor.read(options.cursor).after;
		const page = await this.#reader.projects({ query: options.query, after, limit: options.limit ?? 50 });
		return {
			items: page.items.map(toProject),
			next_cursor: page.next === null ? null : projectCursor.write({ after: page.next }),
			total: page.total,
		};
	}

	/** @throws {DssError} project_unknown */
	async get(projectUuid: string): Promise<Project> {
		return toProject(await this.#revision(projectUuid));
	}

	/** @param body as it was sent; a worker reads it @throws {DssError} see `pipeline/project-request.ts` */
	async create(body: Uint8Array): Promise<Project> {
		const { value } = await this.#tasks.run('createProject', { body });
		return toProject(value);
	}

	/** @throws {DssError} project_unknown, project_busy, revision_stale, see `pipeline/project-request.ts` */
	async update(projectUuid: string, body: Uint8Array, precondition: Precondition): Promise<Project> {
		const { value } = await this.#tasks.run('updateProject', { projectUuid, body, precondition });
		return toProject(value);
	}

	/** @throws {DssError} project_unknown, project_busy, revision_stale */
	async remove(projectUuid: string, precondition: Precondition): Promise<void> {
		await this.#tasks.run('removeProject', { projectUuid, precondition });
	}

	/** Refuses an edit before its body is read. @throws {DssError} too_busy */
	assertRoom(): void {
		this.#admission.assertRoom();
	}

	/** @throws {DssError} any code of an edit, see `pipeline/edit.ts`; too_busy */
	async edit(options: EditOptions): Promise<EditResult> {
		using _place = this.#admission.admit();
		const { value } = await this.#tasks.run('edit', options);
		return value;
	}

	/** @throws {DssError} project_unknown, revision_unknown, project_busy, revision_stale, too_busy */
	async revert(projectUuid: string, to: number, precondition: Precondition): Promise<EditResult> {
		using _place = this.#admission.admit();
		const { value } = await this.#tasks.run('revert', { projectUuid, to, precondition });
		return value;
	}

	/** What differs between two revisions, either way round. @throws {DssError} project_unknown, revision_unknown */
	async diff(projectUuid: string, query: DiffQuery): Promise<ListPage<RecordDiff>> {
		const position = query.cursor === undefined ? null : differenceCursor.read(query.cursor);
		const { from, to } = position ?? query;
		for (const number of [from, to]) await this.#revision(projectUuid, number);
		const after = position && { kind: position.kind, uuid: position.uuid };
		const request = {
			projectUuid,
			from,
			to,
			after,
			limit: query.limit ?? 100,
			total: position?.total ?? null,
		};
		// All of a project's rows may have to be looked at, and records compared: not on the main thread.
		const { value } = await this.#tasks.run('differences', request);
		const { items, next, total } = value;
		return {
			items,
			next_cursor: next && differenceCursor.write({ kind: next.kind, uuid: next.uuid, from, to, total }),
			total,
		};
	}

	/** @throws {DssError} project_unknown */
	async revisions(
		projectUuid: string,
		options: { limit?: number; cursor?: string },
	): Promise<ListPage<RevisionShape>> {
		await this.#revision(projectUuid);
		const after = options.cursor === undefined ? null : revisionCursor.read(options.cursor).after;
		const page = await this.#reader.revisions({ projectUuid, after, limit: options.limit ?? 100 });
		return {
			items: page.items.map(toRevisionShape),
			next_cursor: page.next === null ? null : revisionCursor.write({ after: page.next }),
			total: page.total,
		};
	}

	/** Records of one kind; a cursor stays on the revision that it began with. @throws {DssError} project_unknown, revision_unknown */
	async records<Of extends Kind>(
		projectUuid: string,
		kind: Of,
		query: RecordListQuery,
	): Promise<ListPage<ShownRecord[Of]> & { revision: number }> {
		const position = query.cursor === undefined ? null : recordCursor.read(query.cursor);
		const revision = await this.#revision(projectUuid, position?.revision ?? query.revision);
		const { theme, type, tag, folder, category, path_prefix: pathPrefix } = query;
		const filter = { theme, type, tag, folder, category, pathPrefix };
		const filtered = Object.values(filter).some((criterion) => criterion !== undefined);
		const request = {
			projectUuid,
			kind,
			revision: revision.number,
			after: position?.after ?? null,
			limit: query.limit ?? 100,
			filter,
			total: position?.total ?? (filtered ? null : revision.counts[kind]),
		};
		// A filter may have to look at every record: that is not for the main thread.
		const page = filtered
			? (await this.#tasks.run('records', request)).value
			: await this.#reader.records(request);
		const next =
			page.next === null ? null : { after: page.next, revision: revision.number, total: page.total };
		return {
			items: page.items.map((line) => toRecord<Of>(line)),
			next_cursor: next === null ? null : recordCursor.write(next),
			total: page.total,
			revision: revision.number,
		};
	}

	/** @throws {DssError} project_unknown, revision_unknown, record_unknown */
	async record<Of extends Kind>(
		projectUuid: string,
		kind: Of,
		uuid: string,
		at?: number,
	): Promise<{ record: ShownRecord[Of]; revision: number }> {
		const revision = await this.#revision(projectUuid, at);
		const line = await this.#reader.record({ projectUuid, kind, uuid, revision: revision.number });
		if (line === null) throw errors.recordUnknown({ kind, uuid });
		return { record: toRecord<Of>(line), revision: revision.number };
	}

	async #revision(projectUuid: string, number?: number): Promise<Revision> {
		const revision = await this.#reader.revision(projectUuid, number);
		if (revision !== null) return revision;
		if (number !== undefined && (await this.#reader.revision(projectUuid)) !== null) {
			throw errors.revisionUnknown({ project_id: projectUuid, revision: number });
		}
		throw errors.projectUnknown({ project_id: projectUuid });
	}
}

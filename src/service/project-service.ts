/** Projects: listed, read, edited. What moves archives is `archive-service.ts`. */
import type { DiffQuery, RecordDiff } from '../../schemas/history.ts';
import type {
	Project,
	ProjectListQuery,
	RecordListQuery,
	RevisionListQuery,
	Revision as RevisionShape,
} from '../../schemas/projects.ts';
import type { Kind, ShownRecord } from '../../schemas/records.ts';
import { errors } from '../errors.ts';
import type { ChangeResult } from '../pipeline/changes.ts';
import type { EditOptions, EditResult } from '../pipeline/edit.ts';
import type { Precondition } from '../pipeline/precondition.ts';
import type { Reader, RecordFilter, Revision } from '../store/port.ts';
import type { TaskRunner } from '../workers/port.ts';
import type { Admission } from './admission.ts';
import {
	type Cursors,
	differencePosition,
	projectPosition,
	recordPosition,
	revisionPosition,
} from './cursors.ts';
import { distinct, sortOf } from './list-parameters.ts';
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
	readonly #cursors: Cursors;

	constructor(reader: Reader, tasks: TaskRunner, admission: Admission, cursors: Cursors) {
		this.#reader = reader;
		this.#tasks = tasks;
		this.#admission = admission;
		this.#cursors = cursors;
	}

	/** @throws {DssError} bad_cursor */
	async list({ limit = 50, cursor, query, sort }: ProjectListQuery): Promise<ListPage<Project>> {
		const list = { list: 'projects', query, sort };
		const after = this.#cursors.read(projectPosition, list, cursor);
		const ask = { query, sort: sort && sortOf(sort), after, limit, total: after?.total ?? null };
		// Names are looked at, or all projects sorted: not on the main thread.
		const looksAtAll = query !== undefined || sort !== undefined;
		const page = looksAtAll
			? (await this.#tasks.run('projects', ask)).value
			: await this.#reader.projects(ask);
		const { items, next, total } = page;
		return {
			items: items.map(toProject),
			next_cursor: this.#cursors.write(projectPosition, list, next && { ...next, total }),
			total,
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
	async revert(projectUuid: string, to: number, precondition: Precondition): Promise<ChangeResult> {
		using _place = this.#admission.admit();
		const { value } = await this.#tasks.run('revert', { projectUuid, to, precondition });
		return value;
	}

	/**
	 * What differs between two revisions, either way round.
	 *
	 * @param isKnown whether the caller has the answer for these revisions: then null, and nothing is compared
	 * @throws {DssError} project_unknown, revision_unknown, bad_cursor
	 */
	async diff(
		projectUuid: string,
		{ from, to, cursor, limit = 100 }: DiffQuery,
		isKnown: (from: number, to: number) => boolean,
	): Promise<ListPage<RecordDiff> | null> {
		const list = { list: 'differences', projectUuid, from, to };
		const position = this.#cursors.read(differencePosition, list, cursor);
		for (const number of [from, to]) await this.#revision(projectUuid, number);
		if (isKnown(from, to)) return null;
		const after = position && { kind: position.kind, uuid: position.uuid };
		const request = { projectUuid, from, to, after, limit, total: position?.total ?? null };
		// All of a project's rows may have to be looked at, and records compared: not on the main thread.
		const { value } = await this.#tasks.run('differences', request);
		const { items, next, total } = value;
		const nextCursor = this.#cursors.write(differencePosition, list, next && { ...next, total });
		return { items, next_cursor: nextCursor, total };
	}

	/** @throws {DssError} project_unknown, bad_cursor */
	async revisions(
		projectUuid: string,
		{ limit = 100, cursor, cause, sort = '-revision' }: RevisionListQuery,
	): Promise<ListPage<RevisionShape>> {
		const causes = cause && distinct(cause);
		const list = { list: 'revisions', projectUuid, causes, sort };
		const position = this.#cursors.read(revisionPosition, list, cursor);
		await this.#revision(projectUuid);
		const { descending } = sortOf<'revision'>(sort);
		const after = position?.number ?? null;
		const ask = { projectUuid, causes, descending, after, limit, total: position?.total ?? null };
		// Looking for a cause may pass over many revisions: not on the main thread.
		const page =
			causes === undefined
				? await this.#reader.revisions(ask)
				: (await this.#tasks.run('revisions', ask)).value;
		const next = page.next === null ? null : { number: page.next, total: page.total };
		return {
			items: page.items.map(toRevisionShape),
			next_cursor: this.#cursors.write(revisionPosition, list, next),
			total: page.total,
		};
	}

	/**
	 * Records of one kind; a cursor stays on the revision that it began with.
	 *
	 * @param isKnown whether the caller has the answer for this revision: then null, and no record is read
	 * @throws {DssError} project_unknown, revision_unknown, bad_cursor
	 */
	async records<Of extends Kind>(
		projectUuid: string,
		kind: Of,
		{ limit = 100, cursor, sort = 'uuid', ...query }: RecordListQuery,
		isKnown: (revision: number) => boolean,
	): Promise<ListPage<ShownRecord[Of]> | null> {
		const filter = filterOf(query);
		const list = { list: 'records', projectUuid, kind, ...filter, sort, revision: query.revision };
		const position = this.#cursors.read(recordPosition, list, cursor);
		const revision = await this.#revision(projectUuid, position?.revision ?? query.revision);
		if (isKnown(revision.number)) return null;
		const filtered = Object.values(filter).some((criterion) => criterion !== undefined);
		const by = sortOf<'uuid' | 'name' | 'updated_at'>(sort);
		const ask = {
			projectUuid,
			kind,
			revision: revision.number,
			sort: by,
			after: position?.uuid ?? null,
			limit,
			filter,
			total: position?.total ?? (filtered ? null : revision.counts[kind]),
		};
		// A filter, or an order other than the store's own, may have to look at every record: that is not for the main thread.
		const { items, next, total } =
			filtered || by.by !== 'uuid'
				? (await this.#tasks.run('records', ask)).value
				: await this.#reader.records(ask);
		const place = next === null ? null : { uuid: next, revision: revision.number, total };
		return {
			items: items.map((line) => toRecord<Of>(line)),
			next_cursor: this.#cursors.write(recordPosition, list, place),
			total,
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

function filterOf({
	theme,
	type,
	tag,
	folder,
	category,
	path_prefix: pathPrefix,
	query,
}: RecordListQuery): RecordFilter {
	return {
		theme: theme && distinct(theme),
		type: type && distinct(type),
		tag: tag && distinct(tag),
		folder: folder && distinct(folder),
		category: category && distinct(category),
		pathPrefix: pathPrefix && distinct(pathPrefix),
		query,
	};
}

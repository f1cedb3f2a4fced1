/** Two records where there was one: theirs kept beside ours, and names that both sides have given away. */
import { KINDS, type Kind } from '../../../schemas/records.ts';
import { MAX_BATCH_BYTES } from '../../records/bounded.ts';
import { checkRecord } from '../../records/check-record.ts';
import type { JsonObject } from '../../records/json.ts';
import { parseLine } from '../../records/line.ts';
import { renameAliases } from '../../records/references.ts';
import type { RecordKey, StagedRecord } from '../../records/staged-record.ts';
import type { Fork, MergedRecords, MergedSet, NameClash, NamedRecords } from '../../staging/port.ts';
import type { Work } from '../work.ts';
import { FreeNames, forkUuid, underNewNames } from './rules/naming.ts';
import type { Stamp } from './settings.ts';

/** Records that are renamed at once. */
const BATCH = { limit: 500, maxBytes: MAX_BATCH_BYTES };
/** Names that a warning shows. */
const SHOWN = 10;

/** What forked records are called now, so that they go on naming each other. */
class ForkNames {
	/** By the uuids of the records that were forked. */
	readonly uuids: ReadonlyMap<string, string>;
	readonly paths = new Map<string, string>();
	/** The paths that forks got. */
	readonly given = new Set<string>();
	readonly free = new FreeNames();

	constructor(projectUuid: string, forks: ReadonlyMap<string, string>) {
		this.uuids = new Map([...forks].map(([uuid, hash]) => [uuid, forkUuid(projectUuid, uuid, hash)]));
	}
}

/**
 * Stages the forks among the merged whole. What one fork names of another becomes the name of its fork.
 *
 * @param forks the hash of each forked record by its uuid
 */
export async function stageForks(
	work: Work,
	merged: MergedRecords,
	projectUuid: string,
	forks: ReadonlyMap<string, string>,
	stamp: Stamp,
): Promise<void> {
	const names = new ForkNames(projectUuid, forks);
	for (const kind of KINDS) {
		if (kind === 'tokens') {
			for (const page of pages(merged, kind)) namePaths(merged, page, names);
		}
		for (const page of pages(merged, kind)) {
			const batch: StagedRecord[] = [];
			for (const fork of page) {
				const record = renamed(merged, kind, parseLine(fork.line), names);
				const { version, at } = stamp;
				const forked = { ...record, version, updatedAt: at };
				batch.push(checkRecord(kind, forked, { entry: `fork of ${fork.uuid}` }, work.limits));
				// The next fork must find this one's name taken; those of tokens were given before.
				if (kind !== 'tokens') merged.restage(batch.splice(0));
			}
			merged.restage(batch);
			await work.pause('apply', 0, forks.size);
		}
	}
}

function* pages(merged: MergedRecords, kind: Kind): Generator<Fork[]> {
	for (let after: string | null = null; ; ) {
		const page: Fork[] = merged.forks(kind, { ...BATCH, after });
		const last = page.at(-1);
		if (last === undefined) return;
		yield page;
		after = last.uuid;
	}
}

/** Names that were taken twice. */
export interface Clashes {
	readonly count: number;
	/** The first ones. */
	readonly names: readonly string[];
}

/**
 * What bears the name of another after the merge, since both sides have named something so: the one of the greater
 * uuid, which all instances see alike, gets a free name.
 */
export async function renameClashes(work: Work, set: MergedSet, stamp: Stamp): Promise<Clashes> {
	const count = set.findClashes();
	const names: string[] = [];
	const freeNames = new FreeNames();
	for (let after: RecordKey | null = null; count > 0; ) {
		const page: NameClash[] = set.clashes({ ...BATCH, after });
		const last = page.at(-1);
		if (last === undefined) break;
		for (const { kind, line, name, group } of page) {
			if (names.length < SHOWN) names.push(name);
			const free = freeNames.of(name, withinOf(kind, group), (candidate) =>
				set.isTaken(kind, candidate, group),
			);
			const { version, at } = stamp;
			const named = { ...parseLine(line), [kind === 'tokens' ? 'path' : 'name']: free };
			const stamped = { ...named, version, updatedAt: at };
			set.restage([checkRecord(kind, stamped, { entry: 'the merge' }, work.limits)]);
		}
		after = { kind: last.kind, uuid: last.uuid };
		await work.pause('apply', 0, count);
	}
	return { count, names };
}

/** Of forks that share a path, in several themes, all get the same new one: an alias means whichever is active. */
function namePaths(merged: NamedRecords, forks: readonly Fork[], names: ForkNames): void {
	for (const { name: path, theme } of forks) {
		// In a forked theme every path is free.
		if (names.uuids.has(String(theme)) || names.paths.has(path)) continue;
		const taken = (name: string) => names.given.has(name) || merged.isTaken('tokens', name, null);
		const free = names.free.of(path, 'tokens', taken);
		names.given.add(free);
		names.paths.set(path, free);
	}
}

function renamed(merged: NamedRecords, kind: Kind, record: JsonObject, names: ForkNames): JsonObject {
	const uuidOf = (uuid: string) => names.uuids.get(uuid) ?? uuid;
	const pathOf = (path: string) => names.paths.get(path) ?? path;
	const uuid = uuidOf(String(record['uuid']));
	if (kind === 'tokens') {
		const theme = uuidOf(String(record['theme']));
		const path = theme === record['theme'] ? pathOf(String(record['path'])) : String(record['path']);
		const { value } = record;
		const renamedValue = value === undefined ? {} : { value: renameAliases(value, pathOf) };
		return { ...underNewNames(record, { uuid, theme }), ...renamedValue, path };
	}
	const group = typeof record['group'] === 'string' ? record['group'] : null;
	const name = names.free.of(String(record['name']), withinOf(kind, group), (candidate) =>
		merged.isTaken(kind, candidate, group),
	);
	const { tokens, dependencies } = record;
	return {
		...underNewNames(record, { uuid }),
		...(Array.isArray(tokens) ? { tokens: tokens.map((path) => pathOf(String(path))) } : {}),
		...(Array.isArray(dependencies) ? { dependencies: dependencies.map((one) => uuidOf(String(one))) } : {}),
		name,
	};
}

/** Names of one kind meet, those of themes within their group. */
function withinOf(kind: Kind, group: string | null): string {
	return JSON.stringify([kind, kind === 'themes' ? group : null]);
}

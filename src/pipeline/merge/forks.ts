/** Two records where there was one: theirs kept beside ours, and names that both sides have given away. */
import { KINDS, type Kind } from '../../../schemas/records.ts';
import { checkRecord } from '../../records/check-record.ts';
import type { JsonObject } from '../../records/json.ts';
import { parseLine } from '../../records/line.ts';
import { renameAliases } from '../../records/references.ts';
import type { StagedRecord, Workspace } from '../../store/port.ts';
import type { Work } from '../work.ts';
import type { Fork } from './decide.ts';
import { forkUuid, freeName, underNewNames } from './rules/naming.ts';
import type { Stamp } from './settings.ts';

/** How the name of a kind is found among the staged; a theme's name is taken within its group. */
const TAKEN: Readonly<Record<Kind, string>> = {
	themes:
		'SELECT name FROM temp.staged WHERE kind = 1 AND name >= :name AND name < :beyond AND theme_group IS :group',
	tokens: 'SELECT DISTINCT name FROM temp.staged WHERE kind = 2 AND name >= :name AND name < :beyond',
	components: 'SELECT name FROM temp.staged WHERE kind = 3 AND name >= :name AND name < :beyond',
};

/** In the order of the index staged_by_name: no sorting. */
const ANY_CLASH = `
  SELECT name FROM temp.staged GROUP BY kind, name, theme, theme_group HAVING count(*) > 1 LIMIT 1`;

/** All but the first of those that share an identity. */
const CLASHES = `
  SELECT kind, uuid, line, name, theme_group
  FROM (
    SELECT kind, uuid, line, name, theme_group,
      row_number() OVER (PARTITION BY kind, name, theme, theme_group ORDER BY uuid) AS place
    FROM temp.staged)
  WHERE place > 1
  ORDER BY kind, uuid`;

const BATCH = 500;

/** What forked records are called now, so that they go on naming each other. */
class ForkNames {
	readonly uuids = new Map<string, string>();
	readonly paths = new Map<string, string>();
}

/** Stages the forks among the merged whole. What one fork names of another becomes the name of its fork. */
export async function stageForks(
	work: Work,
	projectUuid: string,
	forks: readonly Fork[],
	stamp: Stamp,
): Promise<void> {
	const names = new ForkNames();
	for (const { uuid, hash } of forks) names.uuids.set(uuid, forkUuid(projectUuid, uuid, hash));
	for (const kind of KINDS) {
		const ofKind = forks.filter((fork) => fork.kind === kind);
		if (kind === 'tokens') await namePaths(work.workspace, ofKind, names);
		for (let begin = 0; begin < ofKind.length; begin += BATCH) {
			const batch: StagedRecord[] = [];
			for (const fork of ofKind.slice(begin, begin + BATCH)) {
				const record = await renamed(work.workspace, kind, parseLine(fork.line), names);
				const { version, at } = stamp;
				const forked = { ...record, version, updatedAt: at };
				batch.push(checkRecord(kind, forked, { entry: `fork of ${fork.uuid}` }, work.limits));
				if (kind !== 'tokens') await work.workspace.restage(batch.splice(0));
			}
			await work.workspace.restage(batch);
			await work.pause('apply', begin, ofKind.length);
		}
	}
}

/**
 * What bears the name of another after the merge, since both sides have named something so: the one of the greater
 * uuid, which all instances see alike, gets a free name. Answers the names that were taken twice.
 */
export async function renameClashes(work: Work, stamp: Stamp): Promise<string[]> {
	if ((await work.workspace.select(ANY_CLASH)).length === 0) return [];
	const clashes = await work.workspace.select(CLASHES);
	for (const { kind, line, name, theme_group: group } of clashes) {
		const ofKind = KINDS[Number(kind) - 1] ?? 'tokens';
		const taken = await namesLike(
			work.workspace,
			ofKind,
			String(name),
			group === null ? null : String(group),
		);
		const free = freeName(String(name), (candidate) => taken.has(candidate));
		const { version, at } = stamp;
		const named = { ...parseLine(String(line)), [ofKind === 'tokens' ? 'path' : 'name']: free };
		const stamped = { ...named, version, updatedAt: at };
		const record = checkRecord(ofKind, stamped, { entry: 'the merge' }, work.limits);
		await work.workspace.restage([record]);
	}
	return clashes.map(({ name }) => String(name));
}

/** Of forks that share a path, in several themes, all get the same new one: an alias means whichever is active. */
async function namePaths(workspace: Workspace, forks: readonly Fork[], names: ForkNames): Promise<void> {
	const given = new Set<string>();
	for (const { line } of forks) {
		const { path, theme } = parseLine(line);
		// In a forked theme every path is free.
		if (names.uuids.has(String(theme)) || names.paths.has(String(path))) continue;
		const taken = await namesLike(workspace, 'tokens', String(path), null);
		const free = freeName(String(path), (name) => taken.has(name) || given.has(name));
		given.add(free);
		names.paths.set(String(path), free);
	}
}

async function renamed(
	workspace: Workspace,
	kind: Kind,
	record: JsonObject,
	names: ForkNames,
): Promise<JsonObject> {
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
	const taken = await namesLike(workspace, kind, String(record['name']), group);
	const name = freeName(String(record['name']), (candidate) => taken.has(candidate));
	const { tokens, dependencies } = record;
	return {
		...underNewNames(record, { uuid }),
		...(Array.isArray(tokens) ? { tokens: tokens.map((path) => pathOf(String(path))) } : {}),
		...(Array.isArray(dependencies) ? { dependencies: dependencies.map((one) => uuidOf(String(one))) } : {}),
		name,
	};
}

/** The names in use that begin like one. */
async function namesLike(
	workspace: Workspace,
	kind: Kind,
	name: string,
	group: string | null,
): Promise<Set<string>> {
	const parameters = { name, beyond: `${name}-imported~`, ...(kind === 'themes' ? { group } : {}) };
	const rows = await workspace.select(TAKEN[kind], parameters);
	return new Set(rows.map((row) => String(row['name'])));
}

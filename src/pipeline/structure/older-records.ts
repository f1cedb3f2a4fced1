/** Stage structure of an archive of version 1.0 or 1.1: arrays of records, brought to 2.0 one by one. */
import { v5 } from 'uuid';
import type { Kind } from '../../../schemas/records.ts';
import type { Migration, MigrationContext } from '../../archive/migrations/migration.ts';
import type { OlderProject } from '../../archive/older-manifest.ts';
import type { Archive } from '../../archive/reader.ts';
import { DssError, errors } from '../../errors.ts';
import { type RecordRules, readRecord } from '../../records/check-record.ts';
import type { Counts } from '../../records/counts.ts';
import { excerpt } from '../../records/excerpt.ts';
import { isJsonObject, type JsonObject } from '../../records/json.ts';
import { tooLarge } from '../../records/place.ts';
import { parseStrict } from '../../records/strict-json.ts';
import { decodeUtf8 } from '../../records/utf8.ts';
import type { Filling } from '../../staging/port.ts';
import { Findings, type Work } from '../work.ts';
import { EntryReader } from './entry-reader.ts';

const THEME_ENTRY = 'theme.json';
const READ = new Set(['manifest.json', THEME_ENTRY, 'tokens.json', 'components.json']);

/**
 * Stages the records of an older archive.
 *
 * @throws {DssError} any code of stage `structure`, with all the faults that were found
 */
export async function stageOlderArchive(
	work: Work,
	filling: Filling,
	archive: Archive,
	project: OlderProject,
	migrations: readonly Migration[],
	rules: RecordRules,
): Promise<Counts> {
	const findings = new Findings('structure');
	const { themeUuid, text } = await readTheme(work, archive, project);
	const context = { projectUuid: project.uuid, themeUuid, at: project.exportedAt ?? work.at() };
	const migrated: RecordRules = {
		limits: rules.limits,
		adapt: (kind, record) => {
			const now = migrate(migrations, kind, record, context);
			return rules.adapt === undefined ? now : rules.adapt(kind, now);
		},
	};
	try {
		filling.add([readRecord('themes', text, { entry: THEME_ENTRY }, migrated)]);
	} catch (error) {
		if (!(error instanceof DssError)) throw error;
		findings.add(error);
	}
	const counts: Counts = { themes: 1, tokens: 0, components: 0 };
	for (const kind of ['tokens', 'components'] as const) {
		const entry = `${kind}.json`;
		if (!archive.names.includes(entry)) continue;
		const reader = new EntryReader({ work, filling, archive, kind, rules: migrated, findings });
		counts[kind] = await reader.readArray(entry);
	}
	findings.throwIfAny();
	await passOver(work, archive);
	return counts;
}

function migrate(
	migrations: readonly Migration[],
	kind: Kind,
	record: JsonObject,
	context: MigrationContext,
): JsonObject {
	return migrations.reduce((before, { record: step }) => step(kind, before, context), record);
}

/** The one theme; an archive without one gets it, since its tokens must belong somewhere. */
async function readTheme(
	work: Work,
	archive: Archive,
	project: OlderProject,
): Promise<{ themeUuid: string; text: string }> {
	const derived = v5('themes\ndefault', project.uuid);
	const bytes = archive.bytesOf(THEME_ENTRY);
	if (bytes === undefined)
		return { themeUuid: derived, text: JSON.stringify({ uuid: derived, name: 'default' }) };
	const { maxRecordBytes, maxRecordDepth } = work.limits;
	if (bytes > maxRecordBytes) {
		throw tooLarge({ entry: THEME_ENTRY }, maxRecordBytes);
	}
	const text = decodeUtf8(await archive.readWhole(THEME_ENTRY));
	if (text === null) throw errors.invalidJson({ entry: THEME_ENTRY, reason: 'not valid UTF-8' });
	const parsed = parseStrict(text, { maxDepth: maxRecordDepth });
	// What cannot be read here is refused with its reason when it is read as a record.
	const theme = parsed.ok && isJsonObject(parsed.value) ? parsed.value : {};
	const named = v5(`themes\n${typeof theme['name'] === 'string' ? theme['name'] : ''}`, project.uuid);
	return { themeUuid: typeof theme['uuid'] === 'string' ? theme['uuid'] : named, text };
}

/** Older manifests list no entries: what is not known is passed over, with a warning. */
async function passOver(work: Work, archive: Archive): Promise<void> {
	const others = archive.names.filter((name) => !READ.has(name));
	for (const name of others) {
		for await (const _piece of archive.read(name)) work.step('structure', 0, 0);
	}
	if (others.length === 0) return;
	work.warnings.push({
		code: 'ignored_entry',
		message: 'Entries that this version does not read were passed over',
		count: others.length,
		details: { paths: others.slice(0, 10).map(excerpt) },
	});
}

/** Stage structure of a design tokens file: read by `interop`, given identity, staged. */
import { v5 } from 'uuid';
import { DssError, errors } from '../../errors.ts';
import { TooManyTokens } from '../../interop/dtcg/extends.ts';
import {
	type DtcgFile,
	type DtcgNote,
	type DtcgSettings,
	type Members,
	readDtcg,
	toWarnings,
} from '../../interop/dtcg/read.ts';
import { recogniseExtended, recogniseTree } from '../../interop/recognise/tree.ts';
import { checkRecord } from '../../records/check-record.ts';
import { isJsonObject, type JsonObject } from '../../records/json.ts';
import { type FaultKind, JsonFault } from '../../records/json-fault.ts';
import type { StagedRecord } from '../../records/staged-record.ts';
import { mostGroups, mostValues } from '../../records/value-builder.ts';
import type { Filling } from '../../staging/port.ts';
import { Findings, type Work } from '../work.ts';
import { readJsonFile } from './json-document.ts';
import { unknownFormat } from './unknown-format.ts';

/** The one theme of a file without themes. The same in every version of the file, whatever the file is called. */
export const THEME_NAME = 'default';
const BATCH = 1_000;

/** The uuid of a foreign file's theme: the same each time (RFC 9562 §5.5). */
export function themeUuid(projectUuid: string, theme: string): string {
	return v5(`theme\n${theme}`, projectUuid);
}

/** The uuid of a foreign file's token. */
export function tokenUuid(projectUuid: string, theme: string, path: string): string {
	return v5(`token\n${theme}\n${path}`, projectUuid);
}

/**
 * Reads a design tokens file and stages its theme and tokens for a project. Bookkeeping is set when the records are
 * held against the project.
 *
 * @throws {DssError} invalid_json, invalid_record, invalid_value, dangling_reference, too_many_records, no_records,
 * unknown_format, reference_web_too_large
 */
export async function stageDtcg(
	work: Work,
	filling: Filling,
	path: string,
	projectUuid: string,
	settings: Omit<DtcgSettings, 'maxTokens'>,
): Promise<{ tokens: number; themes: 1; components: 0 }> {
	const tree = await readTree(work, path);
	const extended = recogniseExtended(tree);
	if (extended !== null) throw unknownFormat(extended);
	const file = read(tree, { ...settings, maxTokens: work.limits.maxTokens });
	// Without a token it may be a file of another form, whose members break the rules of this one.
	const form = file.tokens.length === 0 ? recogniseTree(tree) : null;
	if (form !== null) throw unknownFormat(form);
	if (file.tokens.length > work.limits.maxTokens) throw tooMany(work.limits.maxTokens, file.tokens.length);
	const findings = new Findings('structure');
	for (const fault of file.faults) findings.add(toError(fault));
	findings.throwIfAny();
	if (file.tokens.length === 0) throw errors.noRecords({});
	await stage(work, filling, file, projectUuid, findings);
	findings.throwIfAny();
	work.warnings.push(...toWarnings(file.notes));
	return { tokens: file.tokens.length, themes: 1, components: 0 };

	function read(object: JsonObject, all: DtcgSettings): DtcgFile {
		try {
			return readDtcg(object, all);
		} catch (error) {
			if (error instanceof TooManyTokens) throw tooMany(work.limits.maxTokens, error.count + 1);
			throw error;
		}
	}
}

/** The file as one object. Its tokens are counted while it is read, so that too many are never in memory. */
async function readTree(work: Work, path: string): Promise<JsonObject> {
	const { maxRecordDepth: maxDepth, maxTokens } = work.limits;
	// A sign of life: where nothing is known of the file, nobody knows how much there is.
	const onPiece = () => work.pause('structure', 0, 0);
	try {
		const value = await readJsonFile(path, { maxDepth, maxTokens }, work.signal, onPiece);
		if (isJsonObject(value)) return value;
	} catch (error) {
		throw error instanceof JsonFault ? tooManyOf(error.kind, maxTokens) : error;
	}
	throw errors.invalidRecord({ reason: 'a design tokens file must be an object' });
}

async function stage(
	work: Work,
	filling: Filling,
	file: DtcgFile,
	projectUuid: string,
	findings: Findings,
): Promise<void> {
	const theme = themeUuid(projectUuid, THEME_NAME);
	const at = work.at();
	const bookkeeping = { version: 1, createdAt: at, updatedAt: at };
	// What the file says of no single token stays with the theme, so that nothing of it is lost.
	const extensions = {
		...(file.groups.length === 0 ? {} : { 'dss.groups': file.groups.map(asJson) }),
		...(file.others.length === 0 ? {} : { 'dss.members': file.others.map(asJson) }),
	};
	const themeRecord = {
		uuid: theme,
		name: THEME_NAME,
		...(file.description === undefined ? {} : { description: file.description }),
		...(Object.keys(extensions).length === 0 ? {} : { extensions }),
		...bookkeeping,
	};
	filling.add([checkRecord('themes', themeRecord, { entry: 'the theme' }, work.limits)]);
	for (let begin = 0; begin < file.tokens.length; begin += BATCH) {
		const staged: StagedRecord[] = [];
		for (const { value, ...token } of file.tokens.slice(begin, begin + BATCH)) {
			const uuid = tokenUuid(projectUuid, THEME_NAME, token.path);
			// The value came out of the JSON text.
			const record: JsonObject = {
				uuid,
				theme,
				...token,
				value: value as JsonObject[string],
				...bookkeeping,
			};
			try {
				staged.push(checkRecord('tokens', record, { entry: 'the file' }, work.limits));
			} catch (error) {
				if (!(error instanceof DssError)) throw error;
				findings.add(error);
			}
		}
		filling.add(staged);
		await work.pause('structure', begin, file.tokens.length);
	}
}

function asJson({ path, members }: Members): JsonObject {
	return { path, members };
}

function tooManyOf(kind: FaultKind, maxTokens: number): DssError {
	if (kind === 'tokens') return tooMany(maxTokens);
	const [limit, value] =
		kind === 'groups'
			? ['the number of groups in the file', mostGroups(maxTokens)]
			: ['the number of values in the file', mostValues(maxTokens)];
	return errors.tooManyRecords({ limit, value, setting: 'DSS_MAX_TOKENS' });
}

function tooMany(value: number, actual?: number): DssError {
	return errors.tooManyRecords({
		limit: 'the number of tokens',
		value,
		...(actual === undefined ? {} : { actual }),
		setting: 'DSS_MAX_TOKENS',
	});
}

function toError({ code, ...at }: DtcgNote): DssError {
	if (code === 'invalid_value') return errors.invalidValue(at);
	if (code === 'dangling_reference') return errors.danglingReference(at);
	if (code === 'duplicate_record') return errors.duplicateRecord(at);
	return errors.invalidRecord(at);
}

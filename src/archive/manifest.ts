import { Compile } from 'typebox/compile';
import type { Limits } from '../../schemas/config.ts';
import { Manifest } from '../../schemas/manifest.ts';
import { errors } from '../errors.ts';
import { canonicalJson, sha256 } from '../records/canonical.ts';
import { isJsonObject, type JsonObject } from '../records/json.ts';
import { firstFault } from '../records/schema-faults.ts';
import { parseStrict } from '../records/strict-json.ts';
import { decodeUtf8 } from '../records/utf8.ts';
import type { Archive } from './reader.ts';

export const MANIFEST_NAME = 'manifest.json';
const MAX_BYTES = 1_048_576;
const MAX_DEPTH = 32;
/** Of an archive without a manifest, so much is looked at: a fraction of a second. */
const UNLISTED_BYTES = 64 * MAX_BYTES;

const compiled = Compile(Manifest);

/**
 * Reads `manifest.json` as an object, whatever its version (REFUSALS 18).
 *
 * @throws {DssError} manifest_missing, manifest_invalid
 */
export async function readManifestObject(archive: Archive): Promise<JsonObject> {
	const bytes = archive.bytesOf(MANIFEST_NAME);
	if (bytes === undefined) {
		// Without a manifest no stage would read the entries: what is wrong with them is reported first.
		await archive.readThrough(UNLISTED_BYTES);
		throw errors.manifestMissing({});
	}
	const invalid = (reason: string) => errors.manifestInvalid({ entry: MANIFEST_NAME, reason });
	if (bytes > MAX_BYTES) throw invalid(`it is larger than ${MAX_BYTES} bytes`);
	const text = decodeUtf8(await archive.readWhole(MANIFEST_NAME));
	if (text === null) throw invalid('it is not valid UTF-8');
	const parsed = parseStrict(text, { maxDepth: MAX_DEPTH });
	if (!parsed.ok) throw invalid(parsed.fault.reason);
	if (!isJsonObject(parsed.value)) throw invalid('it is not an object');
	return parsed.value;
}

/**
 * Holds a manifest of version 2 against its schema, its own hash, the entries of the archive, and the limits
 * (REFUSALS 18 to 21), before any record is read.
 *
 * @throws {DssError} manifest_invalid, integrity_failed, manifest_mismatch, too_many_records
 */
export function checkManifest(object: JsonObject, names: readonly string[], limits: Limits): Manifest {
	checkExportHash(object);
	if (!compiled.Check(object)) {
		throw errors.manifestInvalid({ entry: MANIFEST_NAME, ...firstFault(compiled, object) });
	}
	checkFiles(object, names);
	checkCounts(object, limits);
	return object;
}

/** The hash that a manifest must carry: over its canonical text without `exportHash` and `signature`. */
export function exportHash(manifest: object): string {
	const {
		exportHash: _hash,
		signature: _signature,
		...rest
	} = { exportHash: null, signature: null, ...manifest };
	return sha256(canonicalJson(rest));
}

/** A hash that is there and does not fit means damage; a missing one is left to the schema. */
export function checkExportHash(manifest: JsonObject): void {
	const given = manifest['exportHash'];
	if (typeof given === 'string' && given !== exportHash(manifest)) {
		throw errors.integrityFailed({
			entry: MANIFEST_NAME,
			reason: 'the manifest does not fit its exportHash',
		});
	}
}

function checkFiles({ files }: Manifest, names: readonly string[]): void {
	const mismatch = (entry: string, reason: string) => errors.manifestMismatch({ entry, reason });
	const listed = new Set<string>();
	for (const { path } of files) {
		if (listed.has(path)) throw mismatch(path, 'the manifest lists it twice');
		listed.add(path);
	}
	const present = new Set(names);
	for (const path of listed) {
		if (path === MANIFEST_NAME) throw mismatch(path, 'the manifest cannot list itself');
		if (!present.has(path)) throw mismatch(path, 'the manifest lists it, but it is not there');
	}
	for (const name of names) {
		if (name !== MANIFEST_NAME && !listed.has(name)) throw mismatch(name, 'the manifest does not list it');
	}
}

function checkCounts({ counts }: Manifest, limits: Limits): void {
	const bounds = [
		['tokens', limits.maxTokens, 'DSS_MAX_TOKENS'],
		['components', limits.maxComponents, 'DSS_MAX_COMPONENTS'],
		['themes', limits.maxThemes, 'DSS_MAX_THEMES'],
	] as const;
	for (const [kind, value, setting] of bounds) {
		if (counts[kind] > value) {
			throw errors.tooManyRecords({ limit: `the number of ${kind}`, value, actual: counts[kind], setting });
		}
	}
}

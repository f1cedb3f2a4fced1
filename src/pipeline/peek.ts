/** A look at an upload before it is worked on: how much there is in it, and whom it concerns. */
import { stat } from 'node:fs/promises';
import { readManifestObject } from '../archive/manifest.ts';
import { Archive } from '../archive/reader.ts';
import { isJsonObject, type Json } from '../records/json.ts';
import type { UploadOptions } from './incoming.ts';
import { formatOf } from './upload.ts';
import type { Work } from './work.ts';

/** What an upload says of itself; nothing of it has been checked yet. */
export interface Peek {
	/** Records in it; estimated where it does not say. */
	readonly items: number;
	/** The project that it names. */
	readonly projectUuid: string | null;
}

/** Bytes of a record, where records are not counted; ours are of some 360, those of older or other formats of less. */
const RECORD_BYTES = 200;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reads no more than the manifest. @throws {DssError} any code of the stages archive and manifest */
export async function peekUpload(work: Work, upload: UploadOptions): Promise<Peek> {
	if ((await work.stage('archive', () => formatOf(upload))) === 'dtcg') {
		return { items: Math.ceil((await stat(upload.path)).size / RECORD_BYTES), projectUuid: null };
	}
	const archive = await work.stage('archive', () => Archive.open(upload.path, work.limits));
	try {
		const { project, counts } = await work.stage('manifest', () => readManifestObject(archive));
		const uuid = isJsonObject(project) ? project['uuid'] : undefined;
		return {
			items: countOf(counts) ?? Math.ceil(archive.contentBytes / RECORD_BYTES),
			projectUuid: typeof uuid === 'string' && UUID.test(uuid) ? uuid : null,
		};
	} finally {
		await archive.close();
	}
}

function countOf(counts: Json | undefined): number | null {
	if (!isJsonObject(counts)) return null;
	return Object.values(counts).reduce<number>(
		(sum, count) => sum + (typeof count === 'number' ? count : 0),
		0,
	);
}

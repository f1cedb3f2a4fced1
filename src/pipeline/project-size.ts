/** How much a project may hold: no more than an archive of it may, so that its export is accepted again. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createDeflateRaw } from 'node:zlib';
import { errors } from '../errors.ts';
import { canonicalJson } from '../records/canonical.ts';
import { projectEntry } from '../records/project-entry.ts';
import type { Comparison } from '../staging/port.ts';
import type { ProjectProperties, Revision, SyncVector } from '../store/port.ts';
import type { Work } from './work.ts';

/** Largest manifest (REFUSALS 18), and so the most that is set aside for an entry that is not of records. */
const MAX_ENTRY_BYTES = 1_048_576;
/** What a manifest takes without its vector and the project's name. */
const MANIFEST_BYTES = 2_048;
/** Headers, descriptors and the directory of five entries. */
const CONTAINER_BYTES = 1_024;
/** Deflate stores what it cannot pack, with 5 bytes for each piece of some 16 KB. */
const WORST_PACKING = 1.001;

/** The state of a project that a write would make. */
export interface NextState {
	readonly comparison: Comparison;
	readonly projectUuid: string;
	readonly properties: ProjectProperties;
	readonly sync: SyncVector;
	/** What the project says of itself now; null: it is new. */
	readonly before: ProjectProperties | null;
}

/**
 * Refuses a write after which an export of the project would be larger than an import takes: in content, or packed. A
 * project that is too large already (the limits were lowered) may be written as long as it does not grow.
 *
 * A project of less content than an archive may have bytes needs one look at its lines' lengths. Any other is packed to
 * be measured, which takes the time of its export.
 *
 * @throws {DssError} project_too_large
 */
export async function assertFitsArchive(work: Work, next: NextState): Promise<void> {
	const { maxContentBytes, maxArchiveBytes } = work.limits;
	const bytes = next.comparison.contentBytes('set');
	const content = bytes + otherBytes(next, maxContentBytes);
	const others = otherBytes(next, maxArchiveBytes) + CONTAINER_BYTES;
	const isSmall = bytes * WORST_PACKING + others <= maxArchiveBytes;
	if (content <= maxContentBytes && isSmall) return;
	if (!grows(next, bytes)) return;
	if (content > maxContentBytes) {
		const limit = { limit: 'the content of the project in bytes', value: maxContentBytes, actual: content };
		throw errors.projectTooLarge({ ...limit, setting: 'DSS_MAX_CONTENT_BYTES' });
	}
	const packed = Math.ceil((await packedBytes(work, next.comparison)) * WORST_PACKING) + others;
	if (packed <= maxArchiveBytes) return;
	const limit = {
		limit: 'the packed archive of the project in bytes',
		value: maxArchiveBytes,
		actual: packed,
	};
	throw errors.projectTooLarge({ ...limit, setting: 'DSS_MAX_ARCHIVE_BYTES' });
}

/**
 * Whether new properties alone can make an archive too large. Room is set aside for them, so mostly they cannot.
 */
export function needsRoom(
	{ limits }: Work,
	{ projectUuid }: Revision,
	properties: ProjectProperties,
): boolean {
	const bytes = projectBytes(projectUuid, properties);
	return [limits.maxContentBytes, limits.maxArchiveBytes].some((limit) => bytes > setAside(limit));
}

function grows({ comparison, projectUuid, properties, before }: NextState, bytes: number): boolean {
	if (before === null) return true;
	const after = bytes + projectBytes(projectUuid, properties);
	return after > comparison.contentBytes('revision') + projectBytes(projectUuid, before);
}

/** What `project.json` and the manifest take of a limit: what they need, and at least what is set aside. */
function otherBytes({ projectUuid, properties, sync }: NextState, limit: number): number {
	const texts = JSON.stringify([properties.name, sync]);
	const manifest = MANIFEST_BYTES + Buffer.byteLength(texts);
	const reserve = setAside(limit);
	return Math.max(reserve, projectBytes(projectUuid, properties)) + Math.max(reserve, manifest);
}

function setAside(limit: number): number {
	return Math.min(MAX_ENTRY_BYTES, Math.floor(limit / 100));
}

function projectBytes(projectUuid: string, properties: ProjectProperties): number {
	return Buffer.byteLength(canonicalJson(projectEntry(projectUuid, properties)));
}

/** Packs the lines as an export does, and keeps nothing of it. */
async function packedBytes(work: Work, comparison: Comparison): Promise<number> {
	let packed = 0;
	async function* pieces(): AsyncGenerator<Buffer> {
		for (const lines of comparison.lines()) {
			yield Buffer.from(`${lines.join('\n')}\n`);
			await work.pause('apply', 0, 0);
		}
	}
	await pipeline(
		Readable.from(pieces(), { objectMode: false }),
		createDeflateRaw(),
		async (deflated: AsyncIterable<Buffer>) => {
			for await (const piece of deflated) packed += piece.length;
		},
		{ signal: work.signal },
	);
	return packed;
}

/** Makes the archive that is imported: by the written format, with a library of its own. */
import { createHash } from 'node:crypto';
import JSZip from 'jszip';
import { canonicalJson, sha256 } from '../src/records/canonical.ts';
import { type BenchToken, THEME } from './tokens.ts';

const AT = '2026-01-01T00:00:00.000Z';
export const PROJECT = '018f3b60-0000-7000-8000-0000000000ff';

/** @param revision of its origin: a later one stems from the earlier */
export async function benchArchive(tokens: readonly BenchToken[], revision = 1): Promise<Buffer> {
	const theme = { createdAt: AT, name: 'base', updatedAt: AT, uuid: THEME, version: 1 };
	const contents: Record<string, [text: string, records: number]> = {
		'project.json': [canonicalJson({ createdAt: AT, name: 'Bench', updatedAt: AT, uuid: PROJECT }), 1],
		'themes.jsonl': [`${canonicalJson(theme)}\n`, 1],
		'tokens.jsonl': [`${tokens.map(({ line }) => line).join('\n')}\n`, tokens.length],
		'components.jsonl': ['', 0],
	};
	const zip = new JSZip();
	const files = Object.entries(contents).map(([path, [text, records]]) => {
		zip.file(path, text);
		return {
			path,
			bytes: Buffer.byteLength(text),
			sha256: createHash('sha256').update(text).digest('hex'),
			records,
		};
	});
	const manifest = {
		format: 'dss',
		schemaVersion: '2.0',
		generator: 'bench',
		exportedAt: AT,
		project: { uuid: PROJECT, name: 'Bench' },
		origin: { instance: '018f3b60-0000-7000-8000-0000000000aa', revision, lamport: 1, sync: {} },
		selection: null,
		counts: { themes: 1, tokens: tokens.length, components: 0 },
		files,
	};
	zip.file('manifest.json', canonicalJson({ ...manifest, exportHash: sha256(canonicalJson(manifest)) }));
	return zip.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE' });
}

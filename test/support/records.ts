/** Staged records as tests need them: only what a test names differs. */
import { canonicalJson, sha256 } from '../../src/records/canonical.ts';
import type { Reference, StagedRecord } from '../../src/records/staged-record.ts';

export const PROJECT = '018f3b60-0000-7000-8000-0000000000ff';
export const THEME = '018f3b60-0000-7000-8000-000000000001';

/** The uuid of the record of a number; in the order of the numbers. */
export const uuidOf = (index: number): string =>
	`018f3b60-0001-7000-8000-${index.toString(16).padStart(12, '0')}`;

/** A token of a number, with a content. */
export function token(index: number, content: string, more: Partial<StagedRecord> = {}): StagedRecord {
	const { uuid = uuidOf(index), theme = THEME, name = `token${index}`, version = 1 } = more;
	return {
		kind: 'tokens',
		uuid,
		theme,
		name,
		group: null,
		order: 0,
		type: 'number',
		version,
		hash: sha256(content),
		line: canonicalJson({
			createdAt: 'then',
			path: name,
			tags: [`tag${index % 2}`],
			theme,
			updatedAt: 'then',
			uuid,
			value: content,
			version,
		}),
		references: [],
		...more,
	};
}

/** A theme. */
export function theme(uuid: string, name: string, more: Partial<StagedRecord> = {}): StagedRecord {
	const line = canonicalJson({ createdAt: 'then', name, updatedAt: 'then', uuid, version: 1 });
	const rest = { theme: null, group: null, order: 0, type: null, version: 1, references: [] };
	return { kind: 'themes', uuid, name, hash: sha256(name), line, ...rest, ...more };
}

/** A component. */
export function component(uuid: string, name: string, more: Partial<StagedRecord> = {}): StagedRecord {
	return { ...theme(uuid, name), kind: 'components', ...more };
}

/** A token that refers to another by its path. */
export function alias(index: number, target: string, more: Partial<StagedRecord> = {}): StagedRecord {
	return token(index, `{${target}}`, { references: [reference(target)], ...more });
}

export function reference(target: string, more: Partial<Reference> = {}): Reference {
	return { relation: 'alias', target, expects: null, pointer: '/value', part: null, ...more };
}

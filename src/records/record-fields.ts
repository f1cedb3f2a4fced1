/** What the store keeps of a record beside its line: its names, its place, what it refers to. */
import type { Kind } from '../../schemas/records.ts';
import type { JsonObject } from './json.ts';
import { valueReferences } from './references.ts';
import type { Reference, StagedRecord } from './staged-record.ts';

export type RecordFields = Pick<StagedRecord, 'theme' | 'name' | 'group' | 'order' | 'type' | 'references'>;

/** The fields of a record that its schema has been held against. */
export const FIELDS_OF: Readonly<Record<Kind, (content: JsonObject) => RecordFields>> = {
	themes({ name, group, order }) {
		return {
			theme: null,
			name: String(name),
			group: typeof group === 'string' ? group : null,
			order: typeof order === 'number' ? order : 0,
			type: null,
			references: [],
		};
	},
	tokens({ theme, path, type, value }) {
		const known = typeof type === 'string' ? type : null;
		const references = valueReferences(known ?? undefined, value).map(
			(reference): Reference => ({ ...reference, relation: 'alias', pointer: `/value${reference.pointer}` }),
		);
		return { theme: String(theme), name: String(path), group: null, order: 0, type: known, references };
	},
	components({ name, tokens, dependencies }) {
		const references = [
			...listed(tokens).map((target, index) => referenceTo('token', target, `/tokens/${index}`)),
			...listed(dependencies).map((target, index) =>
				referenceTo('component', target, `/dependencies/${index}`),
			),
		];
		return { theme: null, name: String(name), group: null, order: 0, type: null, references };
	},
};

function listed(value: unknown): readonly unknown[] {
	return Array.isArray(value) ? value : [];
}

function referenceTo(relation: Reference['relation'], target: unknown, pointer: string): Reference {
	return { relation, target: String(target), expects: null, pointer, part: null };
}

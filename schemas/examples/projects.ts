/** A project, its records and its history. */
import type { Static } from 'typebox';
import type { RecordDiff } from '../history.ts';
import type { ChangesAnswer, EditAnswer, Project, Revision } from '../projects.ts';
import type { ShownRecord } from '../records.ts';

export const PROJECT_ID = '018f3b60-0000-7000-8000-0000000000a1';
const times = { created_at: '2026-11-20T09:30:00.000Z', updated_at: '2026-11-21T14:05:12.000Z' };

export const project: Project = {
	project_id: PROJECT_ID,
	name: 'Aurora',
	description: 'Colours, type and space of Aurora',
	metadata: { team: 'design-platform' },
	revision: 3,
	item_counts: { themes: 2, tokens: 71, components: 4, assets: 0 },
	...times,
};

export const theme: ShownRecord['themes'] = {
	uuid: '018f3b60-0000-7000-8000-0000000000b1',
	name: 'Dark',
	group: 'scheme',
	order: 1,
	tags: ['accessible'],
	version: 2,
	...times,
};

export const token: ShownRecord['tokens'] = {
	uuid: '018f3b60-0000-7000-8000-0000000000c1',
	theme: theme.uuid,
	path: 'color.accent.strong',
	type: 'color',
	value: { colorSpace: 'srgb', components: [0.2, 0.4, 1], hex: '#3366ff' },
	description: 'For what should be seen first',
	tags: ['brand'],
	version: 7,
	...times,
};

export const component: ShownRecord['components'] = {
	uuid: '018f3b60-0000-7000-8000-0000000000d1',
	name: 'Button',
	status: 'stable',
	props: [{ name: 'kind', type: "'accent' | 'quiet'", required: true }],
	tokens: ['color.accent.strong'],
	version: 4,
	...times,
};

export const revision: Revision = {
	revision: 3,
	cause: 'edit',
	message: 'A calmer accent',
	author: null,
	added: 0,
	changed: 1,
	removed: 0,
	created_at: times.updated_at,
};

export const difference: RecordDiff = {
	kind: 'tokens',
	uuid: token.uuid,
	name: token.path,
	change: 'changed',
	fields: [{ pointer: '/value/hex', from: '#0044ff', to: '#3366ff' }],
};

export const changed: Static<typeof ChangesAnswer> = { revision: 3, added: 0, changed: 1, removed: 0 };

export const edited: EditAnswer = {
	...changed,
	added: 1,
	created: { themes: [], tokens: [token.uuid], components: [] },
};

/** The last page of a list. */
export const lastPage = <Item>(item: Item) => ({ items: [item], next_cursor: null, total: 1 });

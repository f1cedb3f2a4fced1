/** Each kind of content, by its size, with the ways in that take it. */
import { theme, token } from '../../test/support/dss-builder.ts';
import type { Service } from '../../test/support/service.ts';
import { type Archive, analyzeFile, DOORS, file, metadata, resolutions } from './doors.ts';
import type { Cost } from './measure.ts';

/** One kind of content through one way in. */
export interface Row {
	readonly kind: string;
	readonly door: string;
	/** The smallest size; four times as much is near a limit of the aggressive profile. */
	readonly n: number;
	readonly send: (service: Service, size: number) => Promise<Cost>;
}

const list = <T>(count: number, make: (index: number) => T): T[] =>
	Array.from({ length: count }, (_, index) => make(index));
const uuidOf = (index: number) => `018f3b60-0000-7000-8000-3${index.toString().padStart(11, '0')}`;

/** Records, through every way in. */
const records = (
	kind: string,
	n: number,
	make: (size: number) => Archive,
	doors = Object.keys(DOORS),
): Row[] =>
	Object.entries(DOORS)
		.filter(([door]) => doors.includes(door))
		.map(([door, send]) => ({ kind, door, n, send: (service, size) => send(service, make(size)) }));

/** A design tokens file, imported and analyzed. */
const files = (kind: string, n: number, make: (size: number) => object | string): Row[] =>
	Object.entries({ file, 'analyze file': analyzeFile }).map(([door, send]) => ({
		kind,
		door,
		n,
		send: (service, size) => {
			const made = make(size);
			return send(service, typeof made === 'string' ? made : JSON.stringify(made));
		},
	}));

const numbers = { $type: 'number', $value: 1 };
const pointer = (index: number, part: string) => ({ $ref: `#/token${index}/$value${part}` });
const curve = (index: number, to: number | null) =>
	token(index, {
		type: 'cubicBezier',
		value: to === null ? [0.1, 0.2, 0.3, 0.4] : list(4, () => pointer(to, '/0')),
	});

/** Themes of 20 tokens each: chains of aliases, with a type or without. */
const themes = (size: number, group: boolean, typed: boolean): Archive => ({
	themes: list(size, (index) =>
		theme({ uuid: uuidOf(index), name: `theme ${index}`, ...(group ? { group: 'g', order: index } : {}) }),
	),
	tokens: list(size * 20, (index) => {
		const { type, ...content } = token(index, {
			theme: uuidOf(Math.floor(index / 20)),
			path: `p${index % 20}`,
			...(index % 20 === 19 ? {} : { value: `{p${(index + 1) % 20}}` }),
		});
		return typed || index % 20 === 19 ? { ...content, type } : content;
	}),
});

const nested = (depth: number, inner: object): object =>
	depth === 0 ? inner : { g: nested(depth - 1, inner) };

export const ROWS: readonly Row[] = [
	...records('alias chain', 12_500, (size) => ({
		tokens: list(size, (index) => token(index, index === 0 ? {} : { value: `{token${index - 1}}` })),
	})),
	...files('alias chain', 12_500, (size) =>
		Object.fromEntries(
			list(size, (index) => [`t${index}`, index === 0 ? numbers : { $value: `{t${index - 1}}` }]),
		),
	),
	...records('fan-in', 12_500, (size) => ({
		tokens: list(size, (index) => token(index, index === 0 ? {} : { value: '{token0}' })),
	})),
	...records('fan-out, 1,000 references each', 50, (size) => ({
		tokens: [
			...list(1_000, (index) => token(index, { type: 'custom', value: 'a' })),
			...list(size, (index) =>
				token(1_000 + index, { type: 'custom', value: list(1_000, (to) => `{token${to}}`) }),
			),
		],
	})),
	...records('$ref web, parts', 15, (size) => ({
		tokens: list(size, (index) => curve(index, index === 0 ? null : index - 1)),
	})),
	...records('$ref fan-in', 5_000, (size) => ({
		tokens: list(size, (index) => curve(index, index === 0 ? null : 0)),
	})),
	...records('$ref web, doubling (refused)', 10, (size) => ({
		tokens: list(size, (index) =>
			token(index, {
				type: 'custom',
				value: index === 0 ? [1, 2] : [pointer(index - 1, ''), pointer(index - 1, ''), pointer(0, '/0')],
			}),
		),
	})),
	...files('$extends chain', 5_000, (size) => ({
		t: numbers,
		...Object.fromEntries(
			list(size, (index) => [`g${index}`, index === 0 ? {} : { $extends: `{g${index - 1}}` }]),
		),
	})),
	...files('$extends diamond', 8, (size) => ({
		t: numbers,
		...Object.fromEntries(
			list(size, (index) => [
				`g${index}`,
				index === 0 ? {} : { a: { $extends: `{g${index - 1}}` }, b: { $extends: `{g${index - 1}}` } },
			]),
		),
	})),
	...files('groups deep, 60 levels', 500, (size) =>
		Object.fromEntries(list(size, (index) => [`g${index}`, nested(60, numbers)])),
	),
	...files('groups wide', 12_500, (size) =>
		Object.fromEntries(list(size, (index) => [`g${index}`, { t: numbers }])),
	),
	...files('values without tokens', 1_250_000, (size) => `{"t":[${'{},'.repeat(size)}1]}`),
	// JSON.stringify would round it, so the text is made by hand.
	...files('long numbers', 250_000, (size) => `{"t":{"$type":"number","$value":0.1${'0'.repeat(size)}1}}`),
	...files('long dimensions', 250_000, (size) => ({
		t: { $type: 'dimension', $value: `${'9'.repeat(size)}x` },
	})),
	...records(
		'large records, 20 of n bytes',
		125_000,
		(size) => ({
			tokens: list(20, (index) => token(index, { extensions: { bench: 'long '.repeat(size / 5) } })),
		}),
		['import', 'analyze', 'merge'],
	),
	...records('extensions, n members in each of 100', 250, (size) => ({
		tokens: list(100, (index) =>
			token(index, {
				extensions: Object.fromEntries(list(size, (member) => [`m${member}`, { a: [member] }])),
			}),
		),
	})),
	...(['active', 'of one group'] as const).flatMap((how) =>
		[true, false].flatMap((typed) =>
			records(`themes of 20 tokens, ${how}, ${typed ? 'typed' : 'untyped'}`, 125, (size) =>
				themes(size, how === 'of one group', typed),
			),
		),
	),
	...records(
		'sync vector',
		2_400,
		(size) => ({
			manifest: (manifest) => ({
				...manifest,
				origin: {
					...(manifest['origin'] as object),
					sync: Object.fromEntries(list(size, (index) => [uuidOf(index), 1])),
				},
			}),
		}),
		['import', 'analyze'],
	),
	{ kind: 'resolutions', door: 'merge', n: 250, send: resolutions },
	{
		kind: 'metadata, n members',
		door: 'PATCH',
		n: 2_000,
		send: (service, size) =>
			metadata(service, Object.fromEntries(list(size, (index) => [`m${index}`, { a: [index] }]))),
	},
];

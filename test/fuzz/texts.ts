/** Random JSON texts, since much of what is hostile is no value of JavaScript's: deep, long, doubled, half a surrogate. */
import fc from 'fast-check';

/** An object as text, so that members can stand twice. */
export const objectText = (members: readonly (readonly [name: string, text: string])[]): string =>
	`{${members.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
export const arrayText = (texts: readonly string[]): string => `[${texts.join(',')}]`;

const nested = (depth: number, open: string, close: string) =>
	`${open.repeat(depth)}null${close.repeat(depth)}`;

/** Around the limit of 64 levels, and thousands deep. */
const deepText = fc
	.record({
		depth: fc.oneof(fc.integer({ min: 55, max: 70 }), fc.constantFrom(1_000, 5_000, 20_000, 100_000)),
		form: fc.constantFrom(['[', ']'], ['{"a":', '}'], ['[{"$value":', '}]'], ['{"__proto__":', '}']),
	})
	.map(({ depth, form: [open = '', close = ''] }) => nested(depth, open, close));

const numberText = fc.oneof(
	fc.double().map((number) => (Number.isFinite(number) ? String(number) : '0')),
	fc.constantFrom('-0', '1e400', '1e-400', '9007199254740993', '0.1234567890123456789', '1E+2', '01', '.5'),
	fc.integer({ min: 1, max: 5_000 }).map((length) => `0.1${'0'.repeat(length)}1`),
	fc.integer({ min: 1, max: 5_000 }).map((length) => '9'.repeat(length)),
);

/** Names of references, of bookkeeping and of traps, so that random objects look like what is taken. */
const NAMES = [
	'a',
	'a.b',
	'token1',
	'',
	' ',
	'$value',
	'$type',
	'$ref',
	'$extends',
	'$root',
	'$extensions',
	'$description',
	'$deprecated',
	'value',
	'uuid',
	'path',
	'theme',
	'constructor',
	'__proto__',
	'toString',
	'0',
	'é',
	'e\u0301',
	'\u202e',
	'x'.repeat(300),
	'{a}',
];
const WORDS = [
	'{a}',
	'{a.b}',
	'{token1}',
	'{token2}',
	'{}',
	'{',
	'{{a}}',
	'{a}{b}',
	'{a.$root}',
	'#/a/$value',
	'#/a/$value/0',
	'#/token1',
	'#',
	'color',
	'number',
	'dimension',
	'typography',
	'cubicBezier',
	'#ff0000',
	'16px',
	'200ms',
	'rgba({a}, 0.5)',
	'2026-01-01T00:00:00.000Z',
	'018f3b60-0000-7000-8000-000000000001',
];
export const nameText = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...NAMES) }, fc.string());
export const wordText = fc.oneof(
	fc.constantFrom(...WORDS).map((word) => JSON.stringify(word)),
	fc.string({ unit: 'binary' }).map((word) => JSON.stringify(word)),
	fc.constantFrom('"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\\x"', '"', "'a'", '"\t"'),
	fc.constantFrom(200, 2_049, 70_000, 999_900, 1_100_000).map((length) => `"${'é'.repeat(length / 2)}"`),
);

/** Any JSON text, and now and then what is none. */
export const { hostileText } = fc.letrec<{ hostileText: string; leaf: string; tree: string }>((tie) => ({
	leaf: fc.oneof(
		{ weight: 6, arbitrary: fc.constantFrom('null', 'true', '1', '[]', '{}') },
		{ weight: 6, arbitrary: wordText },
		{ weight: 4, arbitrary: numberText },
		{ weight: 2, arbitrary: deepText },
		{ weight: 2, arbitrary: fc.json() },
		{ weight: 1, arbitrary: fc.constantFrom('', 'NaN', 'undefined', '[1,]', '{a:1}', '/**/1', '\ufeff1') },
	),
	tree: fc.oneof(
		fc.array(tie('hostileText'), { maxLength: 4 }).map(arrayText),
		fc.array(fc.tuple(nameText, tie('hostileText')), { maxLength: 4 }).map(objectText),
		// Wide: a thousand times the same.
		fc
			.record({ leaf: tie('leaf'), count: fc.constantFrom(10, 1_001, 5_000) })
			.map(({ leaf, count }) => (leaf.length * count > 200_000 ? leaf : arrayText(Array(count).fill(leaf)))),
	),
	hostileText: fc.oneof({ maxDepth: 4 }, { weight: 3, arbitrary: tie('leaf') }, tie('tree')),
}));

/** A text that is what it should be most of the time, so that what stands beside it is reached. */
export const mostly = (usual: fc.Arbitrary<string>): fc.Arbitrary<string> =>
	fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: hostileText });

/** The same for files, which have many values: one fault refuses all of them. */
const seldomHostile = (usual: fc.Arbitrary<string>): fc.Arbitrary<string> =>
	fc.oneof({ weight: 60, arbitrary: usual }, { weight: 1, arbitrary: hostileText });
const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
	fc.oneof({ weight: 15, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
const seldomMembers = fc.oneof(
	{ weight: 20, arbitrary: fc.constant([]) },
	{ weight: 2, arbitrary: hostileText.map((text) => [['$extensions', objectText([['x', text]])] as const]) },
	{ weight: 1, arbitrary: fc.array(fc.tuple(nameText, hostileText), { maxLength: 2 }) },
);

/** A design tokens file: groups within groups, references across them, and whatever does not belong there. */
export const { tokensFile } = fc.letrec<{ tokensFile: string; group: string; token: string }>((tie) => ({
	token: fc
		.record({
			value: seldomHostile(
				fc.oneof(
					fc.constantFrom('1', '"#ff0000"', '"16px"', '[0,0,1,1]', '{"value":1,"unit":"px"}', '"sans"'),
					fc.constantFrom('"{a}"', '"{a.b}"', '"{b.c}"', '"{token1}"'),
				),
			),
			type: fc.option(seldomHostile(fc.constantFrom('"number"', '"color"', '"dimension"', '"fontFamily"')), {
				nil: null,
			}),
			others: seldomMembers,
			reference: seldom(fc.constantFrom('"#/a/$value"', '"#/b/a/$value/0"', '"#/"')),
		})
		.map(({ value, type, others, reference }) =>
			objectText([
				reference === null ? ['$value', value] : ['$ref', reference],
				...(type === null ? [] : [['$type', type] as const]),
				...others,
			]),
		),
	group: fc
		.record({
			// The same name twice is among what is hostile.
			members: fc.uniqueArray(
				fc.tuple(
					fc.oneof(
						{ weight: 20, arbitrary: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'a.b', 'token1', '$root') },
						{ weight: 1, arbitrary: nameText },
					),
					fc.oneof({ maxDepth: 5 }, tie('token'), tie('group')),
				),
				{ maxLength: 5, selector: ([name]) => name },
			),
			extended: seldom(fc.constantFrom('"{a}"', '"{b}"', '"#/a"', '"{a.b}"')),
			others: seldomMembers,
		})
		.map(({ members, extended, others }) =>
			objectText([...members, ...(extended === null ? [] : [['$extends', extended] as const]), ...others]),
		),
	tokensFile: fc.oneof({ weight: 8, arbitrary: tie('group') }, hostileText),
}));

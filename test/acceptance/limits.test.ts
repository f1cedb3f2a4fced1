import { test } from 'tap';
import { buildDss, component, theme, token } from '../support/dss-builder.ts';
import { assertProblem, put } from '../support/http.ts';
import { serviceFor } from '../support/service.ts';

const many = <T>(count: number, make: (index: number) => T) =>
	Array.from({ length: count }, (_, index) => make(index));
const themes = (count: number) =>
	many(count, (index) => theme(index === 0 ? {} : { uuid: component(index).uuid, name: `t${index}` }));
const free = 'x'.repeat(900_000);

/** Each limit with its setting, an archive of so much of it, and the error of its own. */
const LIMITS: readonly [
	setting: string,
	value: number,
	code: string,
	status: number,
	archive: (amount: number) => Buffer,
][] = [
	[
		'DSS_MAX_TOKENS',
		20,
		'too_many_records',
		413,
		(amount) => buildDss({ tokens: many(amount, (index) => token(index)) }),
	],
	[
		'DSS_MAX_COMPONENTS',
		20,
		'too_many_records',
		413,
		(amount) => buildDss({ components: many(amount, (index) => component(index)) }),
	],
	['DSS_MAX_THEMES', 20, 'too_many_records', 413, (amount) => buildDss({ themes: themes(amount) })],
	[
		'DSS_MAX_ENTRIES',
		20,
		'too_many_entries',
		413,
		(amount) => buildDss({ others: Object.fromEntries(many(amount - 5, (index) => [`e${index}`, 'x'])) }),
	],
	[
		'DSS_MAX_CONTENT_BYTES',
		1_000_000,
		'content_too_large',
		413,
		(amount) =>
			buildDss({
				others: {
					free: free.slice(0, amount - 5_000) + 'y'.repeat(Math.max(0, amount - 5_000 - free.length)),
				},
			}),
	],
];

const SETTINGS = Object.fromEntries(LIMITS.map(([setting, value]) => [setting, String(value)]));

test('limits', async (t) => {
	const service = await serviceFor(t, {
		env: { ...SETTINGS, DSS_MAX_RECORD_BYTES: '1000', DSS_MAX_RECORD_DEPTH: '8' },
	});

	for (const [setting, value, code, status, archive] of LIMITS) {
		t.test(
			`${setting} refuses above ${value} with its own error, warns above 80 %, and is silent below`,
			async (t) => {
				const plan = async (amount: number) =>
					put(`${service.url}/api/projects/import/analyze`, archive(amount), 'application/zip');
				const warned = async (amount: number) =>
					(await plan(amount)).body.warnings
						.filter((warning: { code: string }) => warning.code === 'near_limit')
						.map((warning: { details: object }) => warning.details);
				t.strictSame(await warned(Math.floor(value * 0.7)), []);
				const [near] = await warned(Math.floor(value * 0.95));
				t.strictSame([near?.setting, near?.value], [setting, value]);

				const refused = await put(
					`${service.url}/api/projects/import`,
					archive(Math.floor(value * 1.1)),
					'application/zip',
				);
				assertProblem(t, refused, status, code);
				t.equal(refused.body.details.value, value);
				t.match(refused.body.detail, new RegExp(`${value}.*${setting}`));
			},
		);
	}

	t.test('a record’s size and depth have settings of their own', async (t) => {
		const plan = async (more: object) =>
			(
				await put(
					`${service.url}/api/projects/import/analyze`,
					buildDss({ tokens: [token(1, more)] }),
					'application/zip',
				)
			).body;
		t.equal((await plan({ description: 'x'.repeat(500) })).is_valid, true);
		t.equal((await plan({ description: 'x'.repeat(1_500) })).errors[0].code, 'record_too_large');
		t.equal((await plan({ extensions: { a: [[[[1]]]] } })).is_valid, true);
		t.equal((await plan({ extensions: { a: [[[[[[[[1]]]]]]]] } })).errors[0].code, 'too_deep');
	});
});

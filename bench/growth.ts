/**
 * How work grows with its content: each kind at n, 2n and 4n, as a caller sends it; the milliseconds of each, what was
 * answered, and how much longer twice as much takes. Ratios above 2.3 for large figures are a reason to look.
 */
import { parseArgs } from 'node:util';
import { buildDss, THEME, theme, token } from '../test/support/dss-builder.ts';
import { put, send, upload } from '../test/support/http.ts';
import { Instance } from '../test/support/instance.ts';
import { type Service, startService } from '../test/support/service.ts';

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });

interface Kind {
	readonly name: string;
	readonly n: number;
	/** Sends content of a size, and says what was answered. */
	readonly send: (service: Service, size: number) => Promise<Sent>;
}

interface Sent {
	readonly milliseconds: number;
	readonly answer: string;
}

const list = <T>(count: number, make: (index: number) => T): T[] =>
	Array.from({ length: count }, (_, i) => make(i));

async function timed(send: () => ReturnType<typeof put>): Promise<Sent> {
	const begun = performance.now();
	const { status, body } = await send();
	const milliseconds = performance.now() - begun;
	return { milliseconds, answer: `${status}${body?.code === undefined ? '' : ` ${body.code}`}` };
}

type Archive = Parameters<typeof buildDss>[0];

/** An archive into an empty service. */
const archive = (make: (size: number) => Archive) => (service: Service, size: number) =>
	timed(() => put(`${service.url}/api/projects/import`, buildDss(make(size)), 'application/zip'));

/** A design tokens file. */
const file = (make: (size: number) => object) => (service: Service, size: number) =>
	timed(() =>
		upload(`${service.url}/api/projects/import`, Buffer.from(JSON.stringify(make(size))), 'a.json'),
	);

const uuidOf = (index: number) => `018f3b60-0000-7000-8000-3${index.toString().padStart(11, '0')}`;
const pointer = (index: number, part: string) => ({ $ref: `#/token${index}/$value${part}` });
const curve = (index: number, to: number | null) =>
	token(index, {
		type: 'cubicBezier',
		value: to === null ? [0.1, 0.2, 0.3, 0.4] : list(4, () => pointer(to, '/0')),
	});

/** Tokens that both sides change, so that theirs are kept as forks; without the service around it. */
async function forks(_service: Service, size: number): Promise<Sent> {
	const named = (description: string) =>
		list(size, (index) => ({
			uuid: uuidOf(index),
			theme: THEME,
			path: `p${'!'.repeat(index)}`,
			type: 'number',
			value: 1,
			description,
		}));
	await using ours = await Instance.make();
	await using theirs = await Instance.make();
	const { projectUuid } = await ours.create('Bench');
	await ours.edit(projectUuid, { themes: [{ uuid: THEME, name: 'base' }], tokens: named('base') });
	await theirs.import(await ours.export(projectUuid));
	await theirs.edit(projectUuid, { tokens: named('theirs') });
	await ours.edit(projectUuid, { tokens: named('ours') });
	const path = await theirs.export(projectUuid);
	const begun = performance.now();
	const { counts } = await ours.merge(projectUuid, path, 'fork');
	return { milliseconds: performance.now() - begun, answer: `${counts.conflicts} forks` };
}

/** A number of many digits; `JSON.stringify` would round it, so the text is made by hand. */
function longNumber({ url }: Service, size: number): Promise<Sent> {
	const text = `{"t":{"$type":"number","$value":0.1${'0'.repeat(size)}1}}`;
	return timed(() => upload(`${url}/api/projects/import`, Buffer.from(text), 'a.json'));
}

const KINDS: readonly Kind[] = [
	{
		name: 'alias chain',
		n: 10_000,
		send: archive((size) => ({
			tokens: list(size, (index) => token(index, index === 0 ? {} : { value: `{token${index - 1}}` })),
		})),
	},
	{
		name: 'fan-in',
		n: 10_000,
		send: archive((size) => ({
			tokens: list(size, (index) => token(index, index === 0 ? {} : { value: '{token0}' })),
		})),
	},
	{
		name: 'fan-out, 1,000 references each',
		n: 25,
		send: archive((size) => ({
			tokens: [
				...list(1_000, (index) => token(index, { type: 'custom', value: 'a' })),
				...list(size, (index) =>
					token(1_000 + index, { type: 'custom', value: list(1_000, (to) => `{token${to}}`) }),
				),
			],
		})),
	},
	{
		name: 'fan-out from lines of 300 KB',
		n: 10,
		send: archive((size) => ({
			tokens: list(size, (index) =>
				token(index, {
					type: 'custom',
					value: list(1_000, (to) => `{token${to % size}x}`),
					extensions: { bench: 'long '.repeat(60_000) },
				}),
			),
		})),
	},
	{
		name: '$ref web, parts',
		n: 15,
		send: archive((size) => ({
			tokens: list(size, (index) => curve(index, index === 0 ? null : index - 1)),
		})),
	},
	{
		name: '$ref fan-in',
		n: 2_500,
		send: archive((size) => ({ tokens: list(size, (index) => curve(index, index === 0 ? null : 0)) })),
	},
	{
		name: '$ref web, doubling',
		n: 10,
		send: archive((size) => ({
			tokens: list(size, (index) =>
				token(index, {
					type: 'custom',
					value: index === 0 ? [1, 2] : [pointer(index - 1, ''), pointer(index - 1, ''), pointer(0, '/0')],
				}),
			),
		})),
	},
	{
		name: '$extends chain',
		n: 2_500,
		send: file((size) => ({
			t: { $type: 'number', $value: 1 },
			...Object.fromEntries(
				list(size, (index) => [`g${index}`, index === 0 ? {} : { $extends: `{g${index - 1}}` }]),
			),
		})),
	},
	{
		name: '$extends diamond',
		n: 8,
		send: file((size) => ({
			t: { $type: 'number', $value: 1 },
			...Object.fromEntries(
				list(size, (index) => [
					`g${index}`,
					index === 0 ? {} : { a: { $extends: `{g${index - 1}}` }, b: { $extends: `{g${index - 1}}` } },
				]),
			),
		})),
	},
	...(['all active', 'of one group'] as const).flatMap((how) =>
		(['chains', 'circles'] as const).map(
			(form): Kind => ({
				name: `themes of 20 tokens, ${how}, ${form}`,
				n: 125,
				send: archive((size) => ({
					themes: list(size, (index) =>
						theme({
							uuid: uuidOf(index),
							name: `theme ${index}`,
							...(how === 'of one group' ? { group: 'g', order: index } : {}),
						}),
					),
					tokens: list(size * 20, (index) =>
						token(index, {
							theme: uuidOf(Math.floor(index / 20)),
							path: `p${index % 20}`,
							...(form === 'chains' && index % 20 === 19 ? {} : { value: `{p${(index + 1) % 20}}` }),
						}),
					),
				})),
			}),
		),
	),
	{ name: 'long numbers', n: 250_000, send: longNumber },
	{ name: 'forks of names that begin alike', n: 475, send: forks },
];

for (const kind of KINDS) {
	if (!kind.name.includes(values.only)) continue;
	const sent: Sent[] = [];
	await using service = await startService({ env: { DSS_MAX_THEMES: '1000', DSS_MAX_TOKENS: '1000000' } });
	// The first request warms up.
	for (const size of [kind.n, kind.n, 2 * kind.n, 4 * kind.n]) {
		sent.push(await kind.send(service, size));
		await removeAll(service);
	}
	const shown = sent.slice(1).map(({ milliseconds, answer }, index) => {
		const before = sent[index]?.milliseconds ?? Number.NaN;
		const ratio = index === 0 ? '' : ` ×${(milliseconds / before).toFixed(1)}`;
		return `${kind.n * 2 ** index}: ${milliseconds.toFixed(0)} ms${ratio} (${answer})`;
	});
	console.log(`${kind.name.padEnd(48)} ${shown.join('   ')}`);
}

async function removeAll({ url }: Service): Promise<void> {
	const { body } = await send(`${url}/api/projects`);
	for (const { project_id: id } of body.projects ?? body.items ?? []) {
		await send(`${url}/api/projects/${id}`, { method: 'DELETE' });
	}
}

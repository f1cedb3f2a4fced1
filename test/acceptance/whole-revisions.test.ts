import { test } from 'tap';
import { allRecords, post, send, upload } from '../support/http.ts';
import { serviceFor } from '../support/service.ts';

/** Design tokens that all say which version of the file they are of. */
const file = (version: number, count: number) =>
	JSON.stringify(
		Object.fromEntries(
			Array.from({ length: count }, (_, index) => [`token${index}`, { $type: 'number', $value: version }]),
		),
	);

test('while imports run', async (t) => {
	const service = await serviceFor(t);
	t.test('two imports and ten readers at once: readers always see a whole revision', async (t) => {
		const ids = await Promise.all(
			['one', 'two'].map(
				async (name) =>
					(await upload(`${service.url}/api/projects/import?name=${name}`, file(0, 4000), 'a.json')).body
						.project_id,
			),
		);
		let writing = true;
		const write = async (id: string) => {
			for (let version = 1; version <= 8; version++) {
				const answer = await upload(
					`${service.url}/api/projects/import?project_id=${id}`,
					file(version, 4000 + version),
					'a.json',
				);
				t.equal(answer.status, 200, { received: answer.body });
			}
		};
		const seen = new Set<number>();
		const read = async (reader: number) => {
			const id = ids[reader % 2] ?? '';
			while (writing) {
				const tokens = await allRecords(service.url, id, 'tokens');
				const versions = new Set(tokens.map(({ value }) => value));
				t.equal(versions.size, 1, 'one revision, no mixture');
				const [version] = versions;
				t.equal(tokens.length, 4000 + version);
				seen.add(version);
			}
		};
		const writers = Promise.all(ids.map(write)).finally(() => {
			writing = false;
		});
		await Promise.all([writers, ...Array.from({ length: 10 }, (_, reader) => read(reader))]);
		t.ok(seen.size > 2, `the readers saw revisions come by: ${[...seen].join(', ')}`);
		for (const id of ids) t.equal((await send(`${service.url}/api/projects/${id}`)).body.revision, 9);
	});

	t.test(
		'two writes to one project at once: one goes first, the other is asked to try again, and none is lost',
		async (t) => {
			const { body } = await post(`${service.url}/api/projects`, { name: 'Busy' });
			const changes = `${service.url}/api/projects/${body.project_id}/changes`;
			const theme = '018f3b60-0000-7000-8000-000000000001';
			await post(changes, { upsert: { themes: [{ uuid: theme, name: 'base' }] } });
			const importing = file(1, 3000);
			const answers = await Promise.all([
				...Array.from({ length: 6 }, () =>
					upload(`${service.url}/api/projects/import?project_id=${body.project_id}`, importing, 'a.json'),
				),
				...Array.from({ length: 6 }, (_, index) =>
					post(changes, { upsert: { tokens: [{ theme, path: `t${index}`, type: 'number', value: index }] } }),
				),
			]);
			const done = answers.filter(({ status }) => status === 200).length;
			for (const { status, body: problem, headers } of answers) {
				if (status === 200) continue;
				t.equal(status, 409, { received: problem });
				t.ok(problem.code === 'project_busy' || problem.code === 'local_changes', problem.code);
				if (problem.code === 'project_busy') t.ok(Number(headers.get('retry-after')) >= 1);
			}
			t.ok(done >= 1);
			const edits = answers.slice(6).filter(({ status }) => status === 200).length;
			const paths = (await allRecords(service.url, body.project_id, 'tokens')).map(({ path }) => path);
			t.equal(paths.filter((path) => /^t\d$/.test(path)).length, edits);
		},
	);
});

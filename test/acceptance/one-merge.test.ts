/** A merge by `POST …/merge` and one by `import?strategy=merge` are one: same result, same refusal, same warnings. */
import { type Test, test } from 'tap';
import { allRecords, post, send, upload } from '../support/http.ts';
import { startService } from '../support/service.ts';

/** A tokens file with an alias that leads nowhere: it is let in with a warning. */
const FILE = JSON.stringify({
	space: {
		small: { $type: 'dimension', $value: { value: 4, unit: 'px' } },
		lost: { $type: 'dimension', $value: '{space.nowhere}' },
	},
});

const DOORS = ['merge', 'import'] as const;

/** Two instances with one project that stands with a faulty reference. */
async function twoCopies(t: Test) {
	const [here, there] = await Promise.all([startService(), startService()]);
	t.teardown(async () => {
		await here[Symbol.asyncDispose]();
		await there[Symbol.asyncDispose]();
	});
	const made = await upload(`${there.url}/api/projects/import`, FILE, 'tokens.json');
	t.equal(made.status, 201, JSON.stringify(made.body));
	const id: string = made.body.project_id;
	const [ours, theirs] = [here, there].map(({ url }) => `${url}/api/projects/${id}`);
	const exported = async () => (await send(`${theirs}/export`, { method: 'POST' })).body as Buffer;
	const seed = await exported();
	const theme = (await allRecords(there.url, id, 'themes'))[0].uuid;
	const token = (path: string, value: unknown) => ({ theme, path, type: 'number', value });
	const edit = (project: string | undefined, tokens: object[]) =>
		post(`${project}/changes`, { upsert: { tokens } });
	return {
		token,
		exported,
		async theirFile(file: string) {
			const taken = await upload(`${there.url}/api/projects/import?project_id=${id}`, file, 'tokens.json');
			t.equal(taken.status, 200, JSON.stringify(taken.body));
		},
		theirEdit: (tokens: object[]) => edit(theirs, tokens),
		/** Brings our copy to what both had, and one change of ours. Answers the revision before that change. */
		async reset(): Promise<number> {
			await send(String(ours), { method: 'DELETE' });
			const known = await upload(`${here.url}/api/projects/import`, seed, 'x.dss');
			t.equal(known.status, 201, JSON.stringify(known.body));
			t.equal((await edit(ours, [token('ours', 1)])).status, 200);
			return known.body.revision;
		},
		through(door: (typeof DOORS)[number], archive: Buffer, references?: string) {
			const fields = references === undefined ? {} : { references };
			const url =
				door === 'merge'
					? `${ours}/merge?strategy=keep_local&deletions=apply`
					: `${here.url}/api/projects/import?strategy=merge&merge_strategy=keep_local&deletions=apply`;
			return upload(url, archive, 'x.dss', fields);
		},
		async tokens() {
			const records = await allRecords(here.url, id, 'tokens');
			return records.map(({ path, value }) => `${path} ${JSON.stringify(value)}`).sort();
		},
	};
}

test('both doors let pass what the project stands with, by either rule', async (t) => {
	const copies = await twoCopies(t);
	t.equal((await copies.theirEdit([copies.token('theirs', 2)])).status, 200);
	const archive = await copies.exported();
	const results: unknown[] = [];
	for (const door of DOORS) {
		for (const references of [undefined, 'strict', 'warn']) {
			const before = await copies.reset();
			const { status, body } = await copies.through(door, archive, references);
			t.equal(status, 200, JSON.stringify(body));
			results.push({
				revisions: body.revision - before,
				warnings: body.warnings,
				tokens: await copies.tokens(),
			});
		}
	}
	const [first, ...others] = results;
	t.match(first, { revisions: 2, warnings: [{ code: 'dangling_reference', count: 1 }] });
	for (const result of others) t.strictSame(result, first);
});

test('both doors refuse, by the strict rule, a fault that the project does not stand with', async (t) => {
	const copies = await twoCopies(t);
	const file = JSON.parse(FILE);
	file.space.astray = { $type: 'dimension', $value: '{space.elsewhere}' };
	await copies.theirFile(JSON.stringify(file));
	const archive = await copies.exported();
	await copies.reset();
	for (const door of DOORS) {
		const { status, body } = await copies.through(door, archive, 'strict');
		t.equal(status, 400, JSON.stringify(body));
		t.match(body, { code: 'dangling_reference', errors_total: 1 });
		t.match(body.errors[0], { details: { path: 'space.astray' } });
	}
});

import t from 'tap';
import { readMergeRequest } from '../../../src/pipeline/merge/settings.ts';

const UUID = '018f3b60-0000-7000-8000-000000000001';
const read = (resolutions: string | null) =>
	readMergeRequest({
		strategy: 'manual',
		deletions: 'keep',
		clock: { toleranceMs: 0, driftMs: 0 },
		page: { after: null, limit: 1, maxBytes: 1 },
		resolutions,
	}).resolutions;

t.test('resolutions are read by uuid', async (t) => {
	t.strictSame(read(null), {});
	t.strictSame(read('{}'), {});
	const content = { name: 'a', tags: ['b'] };
	t.strictSame(read(JSON.stringify({ [UUID]: 'local', x: { content } })), {
		[UUID]: 'local',
		x: { content },
	});
});

t.test('what is not a set of resolutions is a malformed request that names the place', async (t) => {
	for (const [text, message] of [
		['{', /^The resolutions are not JSON: /],
		['{"a":"local","a":"imported"}', /^The resolutions are not unambiguous JSON: /],
		['[]', /^The resolutions must be object/],
		['{"a":"ours"}', /^The resolutions at \/a /],
		['{"a":{"content":{},"b":1}}', /^The resolutions at \/a/],
	] as const)
		t.throws(() => read(text), { code: 'malformed_request', message }, text);
});

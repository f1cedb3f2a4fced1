import { test } from 'tap';
import { errors } from '../../src/errors.ts';
import { Idempotency, type KeptAnswer } from '../../src/service/idempotency.ts';
import { sqliteQueue } from '../support/queue.ts';

const answer: KeptAnswer = { status: 201, headers: { location: '/x' }, body: { a: [1] }, revision: null };

test('the same key with the same request gets the first answer, another request is refused', async (t) => {
	const queue = sqliteQueue(t.testdir());
	t.teardown(() => queue.close());
	const idempotency = new Idempotency(queue.keys);
	let made = 0;
	const make = async () => {
		made++;
		return answer;
	};
	t.strictSame(await idempotency.once('k', { a: 1, b: 2 }, make), { answer, again: false });
	t.strictSame(await idempotency.once('k', { b: 2, a: 1 }, make), { answer, again: true });
	t.equal(made, 1);
	await t.rejects(idempotency.once('k', { a: 1 }, make), { code: 'idempotency_key_reused' });
	await idempotency.once(null, { a: 1 }, make);
	await idempotency.once(null, { a: 1 }, make);
	t.equal(made, 3, 'without a key each request is answered for itself');
});

test('while the first request runs its key is in use; a request that fails frees it', async (t) => {
	const queue = sqliteQueue(t.testdir());
	t.teardown(() => queue.close());
	const idempotency = new Idempotency(queue.keys);
	let fail: (error: Error) => void = () => undefined;
	const first = idempotency.once(
		'k',
		{},
		() =>
			new Promise((_resolve, reject) => {
				fail = reject;
			}),
	);
	// Its key is written before its answer is made.
	while ((await queue.keys.begin({ key: 'other', fingerprint: 'f', now: 0 })) === null)
		await queue.keys.end({ key: 'other', answer: '' });
	await t.rejects(
		idempotency.once('k', {}, async () => answer),
		{ code: 'idempotency_key_in_use' },
	);
	fail(errors.projectUnknown({ project_id: 'x' }));
	await t.rejects(first, { code: 'project_unknown' });
	t.match(await idempotency.once('k', {}, async () => answer), { again: false });
});

import { PassThrough } from 'node:stream';
import { test } from 'tap';
import { BodyMemory } from '../../src/plugins/whole-body.ts';

const limits = { maxBytes: 100, idleMs: 60_000, totalMs: 60_000 };

test('where bodies have no room together, the one that has been coming for the longest gives way', async (t) => {
	const memory = new BodyMemory(150);
	const [slow, next] = [new PassThrough(), new PassThrough()];
	const first = memory.read(slow, limits);
	const refused = t.rejects(first, { code: 'too_busy', retryAfter: 1 });
	slow.write(Buffer.alloc(90));
	const second = memory.read(next, limits);
	next.end(Buffer.alloc(90));
	t.equal((await second).content.length, 90);
	await refused;
});

test('a body that was received counts until it is released, once', async (t) => {
	const memory = new BodyMemory(100);
	const read = (bytes: number) => {
		const body = new PassThrough();
		body.end(Buffer.alloc(bytes));
		return memory.read(body, limits);
	};
	const held = await read(80);
	await t.rejects(read(30), { code: 'too_busy' }, 'there is none that could give way');
	t.equal((await read(20)).content.length, 20);
	held.release();
	held.release();
	t.equal((await read(80)).content.length, 80);
	await t.rejects(read(1), { code: 'too_busy' }, 'what was refused counts no more, what is held counts once');
});

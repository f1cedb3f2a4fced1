import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Test, test } from 'tap';
import { Deliveries } from '../../src/webhooks/deliveries.ts';
import { WebhookSender } from '../../src/webhooks/sender.ts';
import { newJob, sqliteQueue } from '../support/queue.ts';

/** A receiver of webhooks: answers as it is told, or not at all. */
async function receiver(t: Test, answer: ((response: ServerResponse) => void) | null) {
	const paths: string[] = [];
	let arrived: (() => void) | null = null;
	const server = createServer((request, response) => {
		request.resume();
		paths.push(request.url ?? '');
		arrived?.();
		answer?.(response);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(() => {
		server.closeAllConnections();
		server.close();
	});
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		paths,
		async until(count: number) {
			while (paths.length < count) {
				await new Promise<void>((resolve) => {
					arrived = resolve;
				});
			}
		},
	};
}

/** Deliveries from a real outbox in which a job has ended for each address. */
async function deliveries(t: Test, urls: readonly string[]) {
	const queue = sqliteQueue(t.testdir());
	for (const url of urls) {
		const { uuid } = await queue.jobs.add({ job: newJob(null, { webhooks: [url] }), limit: 1000 });
		await queue.jobs.claim({ holder: 'me' });
		const end = { status: 'succeeded', outcome: '{}', result: null } as const;
		await queue.jobs.end({ uuid, holder: 'me', end });
	}
	const logged: [string, string][] = [];
	const outcomes: string[] = [];
	let counted: (() => void) | null = null;
	const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
	const running = new Deliveries({
		outbox: queue.outbox,
		sender: new WebhookSender({ secret, allowPrivate: true, show: ({ uuid }) => ({ uuid }) }),
		onDelivery(outcome) {
			outcomes.push(outcome);
			counted?.();
		},
		log: {
			warn: (_about, message) => void logged.push(['warn', message]),
			error: (_about, message) => void logged.push(['error', message]),
		},
	});
	t.teardown(async () => {
		await running.close();
		queue.close();
	});
	return {
		running,
		outbox: queue.outbox,
		logged,
		outcomes,
		async until(count: number) {
			while (outcomes.length < count) {
				await new Promise<void>((resolve) => {
					counted = resolve;
				});
			}
		},
	};
}

test('receivers that do not answer delay no other, nor another address of their own origin', async (t) => {
	const [dead, alive] = [
		await receiver(t, null),
		await receiver(t, (response) => response.writeHead(204).end()),
	];
	const halfDead = await receiver(t, (response) => {
		if (halfDead.paths.at(-1) === '/alive') response.writeHead(204).end();
	});
	const many = Array.from({ length: 10 }, (_, index) => `${dead.url}/${index}`);
	const three = ['/a', '/b', '/c', '/alive'].map((path) => `${halfDead.url}${path}`);
	const { running, outbox, until, outcomes } = await deliveries(t, [...many, ...three, `${alive.url}/x`]);
	running.start();
	await Promise.all([alive.until(1), halfDead.until(4), until(2)]);
	t.strictSame(outcomes, ['delivered', 'delivered']);
	await running.close();
	t.equal(dead.paths.length, 4, 'one receiver takes so many places and no more');
	const left = await outbox.due({ now: Date.now(), perOrigin: 100, underway: [] });
	t.equal(left.length, 13, 'what was broken off is sent again after the next start');
	t.ok(left.every(({ attempts }) => attempts === 0));
});

test('a receiver gets its messages as fast as it answers, more than may be under way at once', async (t) => {
	const alive = await receiver(t, (response) => response.writeHead(204).end());
	const urls = Array.from({ length: 30 }, (_, index) => `${alive.url}/${index}`);
	const { running, outbox, until } = await deliveries(t, urls);
	running.start();
	await until(30);
	t.strictSame([...alive.paths].sort(), urls.map((url) => new URL(url).pathname).sort());
	t.strictSame(await outbox.due({ now: Number.MAX_SAFE_INTEGER, perOrigin: 10, underway: [] }), []);
});

test('a failed delivery is a warning and is sent again later; the last one is an error, and given up', async (t) => {
	const broken = await receiver(t, (response) => response.writeHead(500).end());
	const { running, outbox, logged, outcomes, until } = await deliveries(t, [`${broken.url}/x`]);
	running.start();
	await until(1);
	t.strictSame(logged, [['warn', 'webhook delivery failed; it is sent again']]);
	const due = (now: number) => outbox.due({ now, perOrigin: 1, underway: [] });
	const [delivery] = await due(Date.now() + 2_000);
	t.equal(delivery?.attempts, 1);
	for (let attempt = 1; attempt < 7; attempt++)
		await outbox.defer({ number: delivery?.number ?? 0, notBefore: 0 });
	running.wake();
	await until(2);
	t.strictSame(outcomes, ['retried', 'given_up']);
	t.strictSame(logged.at(-1), ['error', 'webhook delivery given up']);
	t.strictSame(await due(Number.MAX_SAFE_INTEGER), []);
});

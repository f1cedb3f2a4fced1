/** Webhooks: the end of a job, delivered to those who asked for it. */
import { Webhook } from 'standardwebhooks';
import { test } from 'tap';
import { archiveOf, buildDss, PROJECT, token } from '../support/dss-builder.ts';
import { assertProblem, put } from '../support/http.ts';
import { assertQueued, ended } from '../support/jobs.ts';
import { metric } from '../support/metrics.ts';
import { eventually } from '../support/poll.ts';
import { startService } from '../support/service.ts';
import { receiver } from '../support/webhook-receiver.ts';

const ZIP = 'application/zip';
const RETRIED = 'dss_webhook_deliveries_total{outcome="retried"}';

test('webhooks', async (t) => {
	const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

	t.test(
		'the end of a job is delivered signed, again until it is accepted, and no redirect is followed',
		async (t) => {
			await using hook = await receiver(500, 302);
			const env = {
				DSS_WEBHOOK_URL: `${hook.origin}/hook`,
				DSS_WEBHOOK_SECRET: secret,
				DSS_WEBHOOK_ALLOW_PRIVATE: 'true',
			};
			await using service = await startService({ env });
			const id = assertQueued(
				t,
				await put(`${service.url}/api/projects/import/background`, archiveOf(3), ZIP),
			);
			await hook.until(3);
			const messages = hook.received.map(({ headers, body }) => {
				const signed = Object.fromEntries(
					['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [
						name,
						String(headers[name]),
					]),
				);
				// biome-ignore lint/suspicious/noExplicitAny: the message as a receiver sees it
				return new Webhook(secret).verify(body, signed) as any;
			});
			t.equal(new Set(hook.received.map(({ headers }) => headers['webhook-id'])).size, 1);
			t.equal(
				new Set(hook.received.map(({ body }) => body)).size,
				1,
				'every attempt brings the same message',
			);
			const sent = hook.received.map(({ headers }) => Number(headers['webhook-timestamp']));
			t.ok((sent.at(-1) ?? 0) > (sent[0] ?? 0), 'and says when it was sent');
			for (const { type, timestamp, data } of messages) {
				t.equal(timestamp, data.finished_at, 'the time is that of the event');
				t.strictSame([type, data.job_id, data.status], ['job.succeeded', id, 'succeeded']);
				t.equal(data.result.project_id, PROJECT);
			}
			const altered = hook.received[0]?.body.replace('succeeded', 'failed') ?? '';
			t.throws(() =>
				new Webhook(secret).verify(altered, hook.received[0]?.headers as Record<string, string>),
			);
			t.equal(await metric(service, RETRIED), 2);
		},
	);

	t.test('a request may name its own address, of an allowed origin only', async (t) => {
		await using hook = await receiver();
		const env = {
			DSS_WEBHOOK_ORIGINS: hook.origin,
			DSS_WEBHOOK_SECRET: secret,
			DSS_WEBHOOK_ALLOW_PRIVATE: 'true',
		};
		await using service = await startService({ env });
		const url = (callback: string) =>
			`${service.url}/api/projects/import/background?callback_url=${encodeURIComponent(callback)}`;
		const withPassword = hook.origin.replace('://', '://user:word@');
		for (const callback of ['https://elsewhere.example/x', `${withPassword}/mine`])
			assertProblem(t, await put(url(callback), archiveOf(2), ZIP), 403, 'callback_not_allowed');
		assertQueued(
			t,
			await put(url(`${hook.origin}/mine`), buildDss({ tokens: [token(1, { value: '{gone}' })] }), ZIP),
		);
		await hook.until(1);
		t.match(hook.received[0]?.body ?? '', /"type":"job.failed"/);
	});

	t.test('nothing is sent to a private address unless that is allowed', async (t) => {
		await using hook = await receiver();
		const name = hook.origin.replace('127.0.0.1', 'localhost');
		await using service = await startService({
			env: { DSS_WEBHOOK_URL: hook.origin, DSS_WEBHOOK_ORIGINS: name, DSS_WEBHOOK_SECRET: secret },
		});
		const url = `${service.url}/api/projects/import/background?callback_url=${encodeURIComponent(name)}`;
		await ended(service, assertQueued(t, await put(url, archiveOf(2), ZIP)));
		const retried = await eventually(
			() => metric(service, RETRIED),
			(count) => count >= 2,
		);
		t.ok(retried >= 2, 'both addresses failed and wait to be tried again');
		const refusals = service.log.filter(({ err }) => /private address/.test(JSON.stringify(err)));
		t.ok(refusals.length >= 2, 'the log names the reason');
		t.equal(hook.received.length, 0);
	});
});

/** EventSource (HTML Living Standard, §9.2): a page watches a job to its end, and then asks no more. */
import { EventSource } from 'eventsource';
import t from 'tap';
import { archiveOf } from '../support/dss-builder.ts';
import { assertProblem, put, send } from '../support/http.ts';
import { assertQueued, eventsOf } from '../support/jobs.ts';
import { serviceFor } from '../support/service.ts';

const NOBODY = '018f3b60-0000-7000-8000-00000000dead';

t.test('a stream ends once, also for who comes late or was cut off before', async (t) => {
	const service = await serviceFor(t);
	const upload = put(`${service.url}/api/projects/import/background`, archiveOf(50), 'application/zip');
	const id = assertQueued(t, await upload);
	const url = `${service.url}/api/jobs/${id}/events`;
	for (const when of ['while it runs', 'after its end']) {
		const statuses: number[] = [];
		const source = new EventSource(url, {
			fetch: async (input, init) => {
				const response = await fetch(input, init);
				statuses.push(response.status);
				return response;
			},
		});
		let ends = 0;
		source.addEventListener('end', () => ends++);
		// It connects again when the stream has ended, and stops at an answer that is no stream.
		const closed = Promise.withResolvers<void>();
		source.addEventListener('error', () => {
			if (source.readyState === source.CLOSED) closed.resolve();
		});
		await closed.promise;
		t.strictSame(statuses, [200, 204], when);
		t.equal(ends, 1, when);
	}
	const cutOff = [];
	for await (const event of eventsOf(service, id, { 'last-event-id': '1' }))
		cutOff.push([event.event, event.id]);
	t.strictSame(cutOff, [['end', '2-end']], 'who was cut off before the end gets it');
	const unknown = `${service.url}/api/jobs/${NOBODY}/events`;
	assertProblem(t, await send(unknown, { headers: { 'last-event-id': '3-end' } }), 404, 'job_unknown');
});

/** Waiting for jobs: by their events, never by sleeping. */
import type { Test } from 'tap';
import type { Answer } from './http.ts';
import type { Service } from './service.ts';

export interface JobEvent {
	readonly id: string;
	readonly event: string;
	// biome-ignore lint/suspicious/noExplicitAny: the tests look into jobs of every kind
	readonly job: any;
}

/** The events of a job, as they come; throws where the answer is no stream of events. */
export async function* eventsOf(
	{ url }: Pick<Service, 'url'>,
	jobId: string,
	headers: Record<string, string> = {},
): AsyncGenerator<JobEvent> {
	const response = await fetch(`${url}/api/jobs/${jobId}/events`, { headers });
	const type = response.headers.get('content-type') ?? '';
	if (response.status !== 200 || !type.startsWith('text/event-stream'))
		throw new Error(`the events of ${jobId}: ${response.status} ${type} ${await response.text()}`);
	let text = '';
	for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
		text += chunk;
		const messages = text.split('\n\n');
		text = messages.pop() ?? '';
		for (const message of messages) {
			if (message.startsWith(':')) continue;
			const field = (name: string) =>
				message
					.split('\n')
					.find((line) => line.startsWith(`${name}: `))
					?.slice(name.length + 2) ?? '';
			yield { id: field('id'), event: field('event'), job: JSON.parse(field('data')) };
		}
	}
}

/** A job once it has ended. */
export async function ended(service: Pick<Service, 'url'>, jobId: string): Promise<JobEvent['job']> {
	for await (const { event, job } of eventsOf(service, jobId)) if (event === 'end') return job;
	throw new Error(`the events of ${jobId} ended before the job did`);
}

/** Asserts that work became a job (202). Answers its id. */
export function assertQueued(t: Test, { status, headers, body }: Answer): string {
	t.equal(status, 202, 'the work became a job', { received: body });
	t.equal(body.status, 'queued');
	t.equal(body.status_url, `/api/jobs/${body.job_id}`);
	t.equal(headers.get('location'), body.status_url);
	return body.job_id;
}

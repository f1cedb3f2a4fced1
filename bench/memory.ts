/** What stays in memory after hostile archives and many imports at once; part of npm run bench */
import { readFileSync } from 'node:fs';
import { archiveOf } from '../test/support/dss-builder.ts';
import { put } from '../test/support/http.ts';
import { ended } from '../test/support/jobs.ts';
import { CONTAINER_REFUSALS } from '../test/support/refusals/container.ts';
import { CONTENT_REFUSALS } from '../test/support/refusals/content.ts';
import { type Service, startService } from '../test/support/service.ts';
import { figure, peakMemory } from './figures.ts';

const ZIP = 'application/zip';
const ROUNDS = 5;
const AT_ONCE = 200;

/** The resident size of a process, in MB. */
const resident = ({ pid }: Service) =>
	Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024);

const memoryLine = (service: Service, before: number) =>
	`memory ${before} → ${resident(service)} MB, peak ${peakMemory(service.pid)} MB`;

{
	await using service = await startService();
	// Every thread has worked once, so that what it keeps is counted before.
	for (let round = 0; round < 6; round++) await put(`${service.url}/api/projects/import`, 'PK', ZIP);
	const before = resident(service);
	const refusals = [...CONTAINER_REFUSALS, ...CONTENT_REFUSALS];
	const times: number[] = [];
	for (let round = 0; round < ROUNDS; round++) {
		for (const { bad } of refusals) {
			const begun = performance.now();
			await put(`${service.url}/api/projects/import`, bad, ZIP);
			times.push(performance.now() - begun);
		}
	}
	console.log(
		`the ${refusals.length} refusals, ${ROUNDS} times: ${figure(times)} each, ${memoryLine(service, before)}`,
	);
}
{
	await using service = await startService({ env: { DSS_MAX_TOKENS: '1000000' } });
	for (let round = 0; round < 6; round++) await put(`${service.url}/api/projects/import`, 'PK', ZIP);
	const before = resident(service);
	const small = archiveOf(50);
	const begun = performance.now();
	const answers = await Promise.all(
		Array.from({ length: AT_ONCE }, (_, index) =>
			put(`${service.url}/api/projects/import?project_id=new&background=${index % 2 === 0}`, small, ZIP),
		),
	);
	for (const { status, body } of answers) if (status === 202) await ended(service, body.job_id);
	const seconds = ((performance.now() - begun) / 1000).toFixed(1);
	const accepted = answers.filter(({ status }) => status < 300).length;
	console.log(
		`${AT_ONCE} imports at once: ${accepted} accepted and done in ${seconds} s, ${memoryLine(service, before)}`,
	);
}

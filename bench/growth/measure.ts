/** What one request costs a service: processor time, memory, and how long health checks take beside it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { type Answer, send } from '../../test/support/http.ts';
import type { Service } from '../../test/support/service.ts';
import { peakMemory } from '../figures.ts';

export interface Cost {
	/** Of all threads of the service, in milliseconds; Linux counts in steps of 10. */
	readonly cpu: number;
	/** The largest resident size meanwhile, in MB. */
	readonly memory: number;
	/** The p99 of health checks meanwhile, in milliseconds. */
	readonly health: number;
	/** Status, and code of a problem. */
	readonly answer: string;
}

const TICK_MS = 10;
const HEALTH_EVERY_MS = 20;

/** Measures a request from its sending to its answer. */
export async function measured(service: Service, request: () => Promise<Answer>): Promise<Cost> {
	// Linux: the peak begins anew (proc(5), clear_refs).
	writeFileSync(`/proc/${service.pid}/clear_refs`, '5');
	const before = processorTime(service.pid);
	const asked = askingForHealth(service);
	const { status, body } = await request();
	const times = await asked.end();
	return {
		cpu: processorTime(service.pid) - before,
		memory: peakMemory(service.pid),
		health: times[Math.min(times.length - 1, Math.floor(0.99 * times.length))] ?? 0,
		answer: `${status}${body?.code === undefined ? '' : ` ${body.code}`}`,
	};
}

/** User and system time of a process: fields 14 and 15 of its stat (proc(5)), counted behind its name. */
function processorTime(pid: number): number {
	const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function askingForHealth({ url }: Service) {
	const times: number[] = [];
	let running = true;
	const asking = (async () => {
		while (running) {
			const begun = performance.now();
			await send(`${url}/healthz`);
			times.push(performance.now() - begun);
			await new Promise((resolve) => setTimeout(resolve, HEALTH_EVERY_MS));
		}
	})();
	return {
		/** The times so far, in their order of length. */
		async end(): Promise<number[]> {
			running = false;
			await asking;
			return times.sort((one, other) => one - other);
		},
	};
}

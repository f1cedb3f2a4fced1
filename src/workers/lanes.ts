/** Which threads run a task: lanes wait for their own work only. */
import type { TaskName } from './tasks.ts';

/**
 * - `archive`: work that grows with an archive or a project, which requests wait for
 * - `job`: the same as jobs
 * - `look`: looks at uploads that become jobs, which their requests wait for; they wait for no archive work
 * - `write`: small writes
 * - `read`: reads that may look at a whole project
 * - `upkeep`: what nobody waits for
 */
export type Lane = 'archive' | 'job' | 'look' | 'write' | 'read' | 'upkeep';

export const LANES: Readonly<Record<TaskName, Lane>> = {
	import: 'archive',
	analyze: 'archive',
	peek: 'look',
	export: 'archive',
	merge: 'archive',
	analyzeMerge: 'archive',
	edit: 'archive',
	revert: 'archive',
	removeProject: 'archive',
	createProject: 'write',
	updateProject: 'write',
	probe: 'write',
	projects: 'read',
	revisions: 'read',
	records: 'read',
	differences: 'read',
	prune: 'upkeep',
	release: 'upkeep',
	checkStore: 'upkeep',
};

/** Threads of a lane: so many are kept, so many may be started. A thread takes some 40 MB and 0.3 s to start. */
export function threadsOf(
	workers: number,
	jobWorkers: number,
): Readonly<Record<Lane, readonly [number, number]>> {
	return {
		archive: [1, workers],
		job: [0, jobWorkers],
		look: [0, 1],
		write: [1, 1],
		read: [1, 1],
		upkeep: [0, 1],
	};
}

/**
 * How far the system puts a lane's threads behind others, as `nice` counts. Long work fills every core: beside three
 * imports of 50,000 tokens the p99 of other answers is 3 to 4 times that of an idle service with 10, 5 to 8 times
 * without (two cores, `bench/latency.ts`); the median is the same.
 */
export function nicenessOf(lane: Lane): number {
	return lane === 'write' || lane === 'read' ? 0 : 10;
}

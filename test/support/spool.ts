/** The files that a service keeps on its spool. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './poll.ts';
import type { Service } from './service.ts';

/** Their names. */
export const spoolFiles = ({ dataDir }: Pick<Service, 'dataDir'>): string[] =>
	readdirSync(join(dataDir, 'spool'));

/** How many there are, once there are as many as expected: files are removed right after the end of their work. */
export const spoolCount = (service: Pick<Service, 'dataDir'>, expected: number): Promise<number> =>
	eventually(
		() => spoolFiles(service).length,
		(count) => count === expected,
	);

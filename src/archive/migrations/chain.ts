import { to11 } from './1.0-to-1.1.ts';
import { to20 } from './1.1-to-2.0.ts';
import type { Migration } from './migration.ts';

/** The steps, in their order; the last one leads to the version that is written. */
export const MIGRATIONS: readonly Migration[] = [to11, to20];

/** The steps from a version on; none for one that no step begins with. */
export function migrationsFrom(version: string): readonly Migration[] {
	const first = MIGRATIONS.findIndex(({ from }) => from === version);
	return first === -1 ? [] : MIGRATIONS.slice(first);
}

/** The name of a step in answers. */
export const migrationName = ({ from, to }: Migration): string => `${from} → ${to}`;

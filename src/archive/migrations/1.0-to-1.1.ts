import type { Migration } from './migration.ts';

/** 1.1 gave each record a `version` (FORMAT, "Older archives"); what had none is of its first. */
export const to11: Migration = {
	from: '1.0',
	to: '1.1',
	record: (_kind, record) => ({ version: 1, ...record }),
};

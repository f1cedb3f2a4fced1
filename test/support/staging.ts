/** A staging on a store of its own, for tests of its checks and comparisons. */
import type { Test } from 'tap';
import type { StagedRecord } from '../../src/records/staged-record.ts';
import { type Connection, connect } from '../../src/sqlite/connection.ts';
import { createStopFlag, type StopFlag } from '../../src/sqlite/stop-flag.ts';
import type { CheckId, Finding, IndexedSet } from '../../src/staging/port.ts';
import { SqliteStaging } from '../../src/staging/staging.ts';

export interface StagingSetup {
	readonly db: Connection;
	readonly staging: SqliteStaging;
	readonly stopFlag: StopFlag;
	/** Stages records as a set. */
	set(records: readonly StagedRecord[]): IndexedSet;
	/** What a check finds in records. */
	findings(id: CheckId, records: readonly StagedRecord[]): Finding[];
}

/** Closed with the test. */
export function openStaging(t: Test): StagingSetup {
	const stopFlag = createStopFlag();
	const db = connect(':memory:', { busyTimeoutMs: 1000, stopFlag });
	t.teardown(() => db.close());
	const staging = new SqliteStaging(db);
	const set = (records: readonly StagedRecord[]) => {
		const filling = staging.begin();
		filling.add(records);
		return filling.index();
	};
	return { db, staging, stopFlag, set, findings: (id, records) => findingsOf(set(records), id) };
}

export function findingsOf(set: Pick<IndexedSet, 'check'>, id: CheckId): Finding[] {
	const found: Finding[] = [];
	set.check(id, (finding) => {
		found.push(finding);
		return true;
	});
	return found;
}

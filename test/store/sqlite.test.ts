import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { lockFolder } from '../../src/store/sqlite/lock.ts';
import { openReader, openWorkspace, prepareStore } from '../../src/store/sqlite/open.ts';
import { makeFolder } from '../support/service.ts';
import { storeContract } from './contract.ts';

storeContract('SQLite', async () => {
	const dataDir = await makeFolder();
	const settings = { dataDir, busyTimeoutMs: 1000 };
	prepareStore(settings);
	const open: { close(): void }[] = [];
	const opened = <T extends { close(): void }>(one: T): T => {
		open.push(one);
		return one;
	};
	return {
		reader: () => opened(openReader(settings)),
		workspace: () => opened(openWorkspace(settings)),
		async close() {
			for (const one of open) one.close();
			await rm(dataDir, { recursive: true });
		},
	};
});

describe('the data folder', () => {
	test('is made once: a second start finds the same instance', async () => {
		const settings = { dataDir: await makeFolder(), busyTimeoutMs: 1000 };
		const instances = [];
		for (let start = 0; start < 2; start++) {
			prepareStore(settings);
			const reader = openReader(settings);
			instances.push(await reader.instance());
			reader.close();
		}
		assert.equal(instances[0], instances[1]);
	});

	test('is one process’s alone', async () => {
		const dataDir = await makeFolder();
		const lock = lockFolder(dataDir);
		assert.throws(() => lockFolder(dataDir), /another DSS is running/);
		lock.release();
		lockFolder(dataDir).release();
	});
});

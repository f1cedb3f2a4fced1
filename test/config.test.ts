import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { ConfigError, helpText, readConfig, settings } from '../src/config.ts';

const faults = (env: Record<string, string>): readonly string[] => {
	try {
		readConfig(env);
		return [];
	} catch (error) {
		assert.ok(error instanceof ConfigError);
		return error.faults;
	}
};

describe('configuration', () => {
	test('the profiles set the limits; each can be set by itself', () => {
		const limits = (env: Record<string, string>) => {
			const { limits: found, busyTimeoutMs } = readConfig(env);
			return [
				found.maxArchiveBytes,
				found.maxContentBytes,
				found.maxTokens,
				found.maxComponents,
				busyTimeoutMs,
			];
		};
		assert.deepEqual(limits({ DSS_PROFILE: 'conservative' }), [50e6, 500e6, 5_000, 500, 10_000]);
		assert.deepEqual(limits({}), [100e6, 1e9, 10_000, 1_000, 5_000]);
		assert.deepEqual(limits({ DSS_PROFILE: 'aggressive' }), [500e6, 5e9, 50_000, 5_000, 30_000]);
		assert.equal(
			readConfig({ DSS_PROFILE: 'conservative', DSS_MAX_TOKENS: '1000000' }).limits.maxTokens,
			1_000_000,
		);
	});

	test('each fault is one line that names the setting', () => {
		assert.deepEqual(faults({ DSS_COLOUR: 'red' }), ['DSS_COLOUR: there is no such setting']);
		for (const [name, value] of [
			['DSS_PORT', 'http'],
			['DSS_PORT', '99999'],
			['DSS_PROFILE', 'wild'],
			['DSS_WORKERS', '0'],
			['DSS_LOG_LEVEL', 'loud'],
			['DSS_AUTH', 'keys'],
			['DSS_CORS_ORIGINS', '*'],
			['DSS_MAX_TOKENS', '-1'],
		] as const) {
			const found = faults({ [name]: value });
			assert.equal(found.length, 1, `${name}=${value}: ${found.join('; ')}`);
			assert.ok(found[0]?.startsWith(`${name}: `), found[0]);
		}
		assert.equal(faults({ DSS_A: '1', DSS_PORT: 'x' }).length, 2);
	});

	test('a host that others can reach needs DSS_AUTH said out loud', () => {
		assert.equal(faults({ DSS_HOST: '0.0.0.0' }).length, 1);
		assert.deepEqual(faults({ DSS_HOST: '0.0.0.0', DSS_AUTH: 'none' }), []);
		assert.deepEqual(faults({ DSS_HOST: '::1' }), []);
	});

	test('the result is frozen, whole', () => {
		const config = readConfig({});
		assert.ok(Object.isFrozen(config) && Object.isFrozen(config.limits));
	});

	test('--help and the README list every setting with its default and its meaning, in the same order', () => {
		const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
		const rows = readme
			.split('\n')
			.filter((line) => line.startsWith('| `DSS_'))
			.map((line) => line.split('|').map((cell) => cell.trim()));
		assert.deepEqual(
			rows.map(([, name, shown, meaning]) => [name, shown, meaning]),
			settings.map(({ env, shown, meaning }) => [`\`${env}\``, shown, meaning]),
		);
		for (const { env } of settings) assert.match(helpText(), new RegExp(`${env} `));
	});

	test('a list is comma-separated; hosts may have ports', () => {
		assert.deepEqual(readConfig({ DSS_HOSTS: 'dss, dss.internal:8080 ,[fd00::1]:3000,' }).hosts, [
			'dss',
			'dss.internal:8080',
			'[fd00::1]:3000',
		]);
		for (const host of ['http://dss', 'a/b', '*', 'dss:port']) {
			assert.equal(faults({ DSS_HOSTS: host }).length, 1, host);
		}
	});
});

import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { ConfigError, helpText, readConfig, settings } from '../src/config.ts';

const faults = (env: Record<string, string>): readonly string[] => {
	try {
		readConfig(env);
		return [];
	} catch (error) {
		if (error instanceof ConfigError) return error.faults;
		throw error;
	}
};

test('configuration', async (t) => {
	t.test('the profiles set the limits; each can be set by itself', async (t) => {
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
		t.strictSame(limits({ DSS_PROFILE: 'conservative' }), [50e6, 500e6, 5_000, 500, 10_000]);
		t.strictSame(limits({}), [100e6, 1e9, 10_000, 1_000, 5_000]);
		t.strictSame(limits({ DSS_PROFILE: 'aggressive' }), [500e6, 5e9, 50_000, 5_000, 30_000]);
		t.equal(
			readConfig({ DSS_PROFILE: 'conservative', DSS_MAX_TOKENS: '1000000' }).limits.maxTokens,
			1_000_000,
		);
	});

	t.test('each fault is one line that names the setting', async (t) => {
		t.strictSame(faults({ DSS_COLOUR: 'red' }), ['DSS_COLOUR: there is no such setting']);
		for (const [name, value] of [
			['DSS_PORT', 'http'],
			['DSS_PORT', '99999'],
			['DSS_PROFILE', 'wild'],
			['DSS_WORKERS', '0'],
			['DSS_LOG_LEVEL', 'loud'],
			['DSS_AUTH', 'keys'],
			['DSS_CORS_ORIGINS', '*'],
			['DSS_BASE_PATH', 'dss'],
			['DSS_BASE_PATH', '/'],
			['DSS_BASE_PATH', '/dss/'],
			['DSS_BASE_PATH', '/a/../b'],
			['DSS_BASE_PATH', '/a?b'],
			['DSS_BASE_PATH', '/api/v1'],
			['DSS_MAX_TOKENS', '-1'],
			['DSS_MAX_PAGE_BYTES', '9999'],
			['DSS_MAX_PAGE_BYTES', '100000001'],
		] as const) {
			const found = faults({ [name]: value });
			t.equal(found.length, 1, `${name}=${value}: ${found.join('; ')}`);
			t.ok(found[0]?.startsWith(`${name}: `), found.join('; '));
		}
		t.equal(faults({ DSS_A: '1', DSS_PORT: 'x' }).length, 2);
	});

	t.test('a host that others can reach needs DSS_AUTH said out loud', async (t) => {
		t.equal(faults({ DSS_HOST: '0.0.0.0' }).length, 1);
		t.strictSame(faults({ DSS_HOST: '0.0.0.0', DSS_AUTH: 'none' }), []);
		t.strictSame(faults({ DSS_HOST: '::1' }), []);
	});

	t.test('the address of webhooks holds no user and no password', async (t) => {
		const secret = `whsec_${'A'.repeat(32)}`;
		const faultsOf = (url: string) => faults({ DSS_WEBHOOK_URL: url, DSS_WEBHOOK_SECRET: secret });
		t.strictSame(faultsOf('https://hooks.example/dss'), []);
		for (const url of ['https://user@hooks.example/', 'https://user:word@hooks.example/']) {
			t.match(faultsOf(url), [/^DSS_WEBHOOK_URL: a user or password/]);
		}
	});

	t.test('the result is frozen, whole', async (t) => {
		const config = readConfig({});
		t.ok(Object.isFrozen(config) && Object.isFrozen(config.limits));
	});

	t.test(
		'--help and the README list every setting with its default and its meaning, in the same order',
		async (t) => {
			const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
			const rows = readme
				.split('\n')
				.filter((line) => line.startsWith('| `DSS_'))
				.map((line) => line.split('|').map((cell) => cell.trim()));
			t.strictSame(
				rows.map(([, name, shown, meaning]) => [name, shown, meaning]),
				settings.map(({ env, shown, meaning }) => [`\`${env}\``, shown, meaning]),
			);
			for (const { env } of settings) t.match(helpText(), new RegExp(`${env} `));
		},
	);

	t.test('a list is comma-separated; hosts may have ports', async (t) => {
		t.strictSame(readConfig({ DSS_HOSTS: 'dss, dss.internal:8080 ,[fd00::1]:3000,' }).hosts, [
			'dss',
			'dss.internal:8080',
			'[fd00::1]:3000',
		]);
		for (const host of ['http://dss', 'a/b', '*', 'dss:port']) {
			t.equal(faults({ DSS_HOSTS: host }).length, 1, host);
		}
	});
});

/** Environment → one frozen, typed Config, checked by a schema. The only reader of the environment. */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { Compile } from 'typebox/compile';
import { Config } from '../schemas/config.ts';

const MB = 1_000_000;
type Profile = Config['profile'];

/** What the profiles set (API, "Limits and profiles"). */
const PROFILES: Record<Profile, { archive: number; tokens: number; components: number; busy: number }> = {
	conservative: { archive: 50 * MB, tokens: 5_000, components: 500, busy: 10_000 },
	balanced: { archive: 100 * MB, tokens: 10_000, components: 1_000, busy: 5_000 },
	aggressive: { archive: 500 * MB, tokens: 50_000, components: 5_000, busy: 30_000 },
};

interface Setting {
	readonly name: string;
	/** The default as the help shows it. */
	readonly shown: string;
	readonly meaning: string;
}

/** Every setting, in the order in which the help lists them. */
export const SETTINGS: readonly Setting[] = [
	{
		name: 'DSS_HOST',
		shown: '127.0.0.1',
		meaning: 'address to listen on; one that is not loopback needs DSS_AUTH said out loud',
	},
	{ name: 'DSS_PORT', shown: '3000', meaning: 'port to listen on; 0 takes a free one' },
	{
		name: 'DSS_DATA_DIR',
		shown: './data',
		meaning: 'folder for the database and the spool; made at start, mode 0700',
	},
	{
		name: 'DSS_PROFILE',
		shown: 'balanced',
		meaning: 'conservative, balanced or aggressive: sets the limits below',
	},
	{ name: 'DSS_MAX_ARCHIVE_BYTES', shown: '50, 100 or 500 MB by profile', meaning: 'largest upload' },
	{
		name: 'DSS_MAX_CONTENT_BYTES',
		shown: '10 × archive size',
		meaning: 'largest content of an archive, inflated',
	},
	{
		name: 'DSS_MAX_TOKENS',
		shown: '5,000, 10,000 or 50,000 by profile',
		meaning: 'most tokens in an import',
	},
	{
		name: 'DSS_MAX_COMPONENTS',
		shown: '500, 1,000 or 5,000 by profile',
		meaning: 'most components in an import',
	},
	{ name: 'DSS_MAX_THEMES', shown: '1,000', meaning: 'most themes in an import' },
	{ name: 'DSS_MAX_RECORD_BYTES', shown: '1 MB', meaning: 'largest record' },
	{ name: 'DSS_MAX_RECORD_DEPTH', shown: '64', meaning: 'deepest nesting of a record' },
	{ name: 'DSS_MAX_ENTRIES', shown: '1,000', meaning: 'most entries in an archive' },
	{
		name: 'DSS_BUSY_TIMEOUT_MS',
		shown: '10, 5 or 30 s by profile',
		meaning: 'how long a write waits for the database',
	},
	{
		name: 'DSS_REQUEST_TIMEOUT_MS',
		shown: '30000',
		meaning: 'how long a request may take; estimates are held against it',
	},
	{
		name: 'DSS_STALL_TIMEOUT_MS',
		shown: '30000',
		meaning: 'after which a worker that neither moves nor stops is ended',
	},
	{ name: 'DSS_UPLOAD_IDLE_MS', shown: '15000', meaning: 'how long an upload may send nothing' },
	{ name: 'DSS_UPLOAD_TIMEOUT_MS', shown: '600000', meaning: 'how long an upload may take' },
	{ name: 'DSS_SPOOL_QUOTA_BYTES', shown: '10 × archive size', meaning: 'most bytes on the spool at once' },
	{ name: 'DSS_WORKERS', shown: 'number of cores', meaning: 'threads for archive work' },
	{ name: 'DSS_QUEUE_LIMIT', shown: '100', meaning: 'archive work that may wait for a worker' },
	{
		name: 'DSS_CLOCK_TOLERANCE_MS',
		shown: '5000',
		meaning: 'clocks this close say nothing; used by merge advice',
	},
	{
		name: 'DSS_CLOCK_DRIFT_WARNING_MS',
		shown: '3600000',
		meaning: 'clocks this far apart are warned of; used by merge advice',
	},
	{
		name: 'DSS_HISTORY_REVISIONS',
		shown: '0',
		meaning: 'how many of the newest revisions of a project are kept; 0 = all',
	},
	{ name: 'DSS_HISTORY_DAYS', shown: '0', meaning: 'how many days revisions are kept; 0 = for ever' },
	{ name: 'DSS_RESULT_TTL', shown: '86400', meaning: 'how long files that jobs made are kept, in seconds' },
	{ name: 'DSS_JOB_TTL', shown: '2592000', meaning: 'how long ended jobs are kept, in seconds' },
	{ name: 'DSS_WEBHOOK_URL', shown: 'none', meaning: 'address that is told of the end of every job' },
	{
		name: 'DSS_WEBHOOK_SECRET',
		shown: 'none',
		meaning: 'key that webhooks are signed with: whsec_ and 24 bytes or more in base64',
	},
	{
		name: 'DSS_WEBHOOK_ORIGINS',
		shown: 'empty',
		meaning: 'origins that a request may name in callback_url, comma-separated',
	},
	{
		name: 'DSS_WEBHOOK_ALLOW_PRIVATE',
		shown: 'false',
		meaning: 'whether webhooks may go to this machine and to private networks',
	},
	{
		name: 'DSS_AUTH',
		shown: 'none',
		meaning: 'none is the only mode so far; must be said for a host that is not loopback',
	},
	{
		name: 'DSS_RATE_LIMIT',
		shown: '0 on loopback, else 300',
		meaning: 'requests per minute and caller; 0 = off',
	},
	{
		name: 'DSS_CORS_ORIGINS',
		shown: 'empty',
		meaning: 'exact origins whose pages may call, comma-separated',
	},
	{ name: 'DSS_LOG_LEVEL', shown: 'info', meaning: 'fatal, error, warn, info, debug, trace or silent' },
];

/** The faults of an environment, one line each. */
export class ConfigError extends Error {
	override readonly name = 'ConfigError';
	readonly faults: readonly string[];
	constructor(faults: readonly string[]) {
		super(faults.join('\n'));
		this.faults = faults;
	}
}

const compiled = Compile(Config);

/**
 * Reads the settings.
 * @param env the environment; only names that begin with `DSS_` are looked at.
 * @throws {ConfigError} with one line per fault: an unknown name, a value of the wrong form, an open host.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
	const faults: string[] = [];
	const known = new Set(SETTINGS.map((setting) => setting.name));
	for (const name of Object.keys(env)) {
		if (name.startsWith('DSS_') && !known.has(name)) faults.push(`${name}: there is no such setting`);
	}
	const text = (name: string, otherwise: string) => env[name] ?? otherwise;
	const number = (name: string, otherwise: number) => {
		const value = env[name];
		if (value === undefined) return otherwise;
		if (/^\d{1,16}$/.test(value)) return Number(value);
		faults.push(`${name}: "${value}" is not a whole number`);
		return otherwise;
	};

	const list = (name: string) =>
		text(name, '')
			.split(',')
			.map((item) => item.trim())
			.filter((item) => item !== '');
	const flag = (name: string) => {
		const value = text(name, 'false');
		if (value !== 'true' && value !== 'false') faults.push(`${name}: "${value}" is neither true nor false`);
		return value === 'true';
	};

	const profileName = text('DSS_PROFILE', 'balanced');
	const profile = Object.hasOwn(PROFILES, profileName) ? PROFILES[profileName as Profile] : PROFILES.balanced;
	const maxArchiveBytes = number('DSS_MAX_ARCHIVE_BYTES', profile.archive);
	const host = text('DSS_HOST', '127.0.0.1');
	const loopback = isLoopback(host);
	const config = {
		host,
		port: number('DSS_PORT', 3000),
		dataDir: resolve(text('DSS_DATA_DIR', './data')),
		profile: profileName,
		limits: {
			maxArchiveBytes,
			maxContentBytes: number('DSS_MAX_CONTENT_BYTES', 10 * maxArchiveBytes),
			maxTokens: number('DSS_MAX_TOKENS', profile.tokens),
			maxComponents: number('DSS_MAX_COMPONENTS', profile.components),
			maxThemes: number('DSS_MAX_THEMES', 1_000),
			maxRecordBytes: number('DSS_MAX_RECORD_BYTES', MB),
			maxRecordDepth: number('DSS_MAX_RECORD_DEPTH', 64),
			maxEntries: number('DSS_MAX_ENTRIES', 1_000),
		},
		busyTimeoutMs: number('DSS_BUSY_TIMEOUT_MS', profile.busy),
		requestTimeoutMs: number('DSS_REQUEST_TIMEOUT_MS', 30_000),
		stallTimeoutMs: number('DSS_STALL_TIMEOUT_MS', 30_000),
		uploadIdleMs: number('DSS_UPLOAD_IDLE_MS', 15_000),
		uploadTimeoutMs: number('DSS_UPLOAD_TIMEOUT_MS', 600_000),
		spoolQuotaBytes: number('DSS_SPOOL_QUOTA_BYTES', 10 * maxArchiveBytes),
		workers: number('DSS_WORKERS', availableParallelism()),
		queueLimit: number('DSS_QUEUE_LIMIT', 100),
		clockToleranceMs: number('DSS_CLOCK_TOLERANCE_MS', 5_000),
		clockDriftWarningMs: number('DSS_CLOCK_DRIFT_WARNING_MS', 3_600_000),
		historyRevisions: number('DSS_HISTORY_REVISIONS', 0),
		historyDays: number('DSS_HISTORY_DAYS', 0),
		resultTtlSeconds: number('DSS_RESULT_TTL', 86_400),
		jobTtlSeconds: number('DSS_JOB_TTL', 2_592_000),
		webhooks: {
			url: env['DSS_WEBHOOK_URL'] ?? null,
			secret: text('DSS_WEBHOOK_SECRET', ''),
			origins: list('DSS_WEBHOOK_ORIGINS'),
			allowPrivate: flag('DSS_WEBHOOK_ALLOW_PRIVATE'),
		},
		auth: text('DSS_AUTH', 'none'),
		rateLimit: number('DSS_RATE_LIMIT', loopback ? 0 : 300),
		corsOrigins: list('DSS_CORS_ORIGINS'),
		logLevel: text('DSS_LOG_LEVEL', 'info'),
	};
	if (!loopback && env['DSS_AUTH'] === undefined) {
		faults.push(
			`DSS_HOST: ${host} is not loopback, so anyone who reaches it could change every project; say DSS_AUTH=none if that is meant`,
		);
	}
	const { url, secret, origins } = config.webhooks;
	if (secret === '' && (url !== null || origins.length > 0))
		faults.push('DSS_WEBHOOK_SECRET: webhooks are signed, so there must be a secret');
	faults.push(...schemaFaults(config));
	if (faults.length > 0) throw new ConfigError(faults);
	// schemaFaults found none, so the object is a Config.
	return deepFreeze(config as Config);
}

/** The help text: every setting with its default. */
export function helpText(): string {
	const width = Math.max(...SETTINGS.map((setting) => setting.name.length));
	const rows = SETTINGS.map(
		({ name, shown, meaning }) => `  ${name.padEnd(width)}  ${meaning} (default: ${shown})`,
	);
	return [
		'dss keeps design systems and moves them as .dss archives.',
		'',
		'Settings (environment):',
		...rows,
		'',
	].join('\n');
}

/** Whether an address can be reached from this machine only. */
export function isLoopback(host: string): boolean {
	return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** Names a member of Config as the setting that it comes from: `/limits/maxTokens` is DSS_MAX_TOKENS. */
function settingOf(pointer: string): string {
	const member =
		pointer
			.split('/')
			.filter((part) => !/^\d*$/.test(part))
			.at(-1) ?? '';
	if (pointer.startsWith('/webhooks/')) return `DSS_WEBHOOK_${member.toUpperCase()}`;
	if (member.endsWith('TtlSeconds')) return `DSS_${member.replace('TtlSeconds', '_TTL').toUpperCase()}`;
	return `DSS_${member.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

function schemaFaults(config: object): string[] {
	if (compiled.Check(config)) return [];
	const seen = new Set<string>();
	const lines: string[] = [];
	for (const error of compiled.Errors(config)) {
		const name = settingOf(error.instancePath);
		if (seen.has(name)) continue;
		seen.add(name);
		const allowed = 'allowedValues' in error.params ? `: ${String(error.params.allowedValues)}` : '';
		const only = name === 'DSS_AUTH' ? '; "none" is the only mode so far' : '';
		lines.push(`${name}: ${error.message}${allowed}${only}`);
	}
	return lines;
}

function deepFreeze<T extends object>(value: T): T {
	for (const member of Object.values(value)) {
		if (typeof member === 'object' && member !== null) deepFreeze(member);
	}
	return Object.freeze(value);
}

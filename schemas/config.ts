import Type, { type Static, type TSchema } from 'typebox';

/** What defaults may depend on. */
export interface Basis {
	readonly profile: Profile;
	/** Whether DSS_HOST can be reached from this machine only. */
	readonly loopback: boolean;
	readonly maxArchiveBytes: number;
	readonly cores: number;
}

/** A setting: what the environment calls it, what it may be, and what it is where nobody sets it. */
export interface Setting<Schema extends TSchema = TSchema> {
	readonly env: `DSS_${string}`;
	readonly schema: Schema;
	readonly otherwise: (basis: Basis) => Static<Schema>;
	/** The default in words, for `--help` and the README. */
	readonly shown: string;
	readonly meaning: string;
}

/** A setting whose default is derived, and described in words. */
const derived = <Schema extends TSchema>(
	env: Setting['env'],
	schema: Schema,
	otherwise: (basis: Basis) => Static<Schema>,
	shown: string,
	meaning: string,
): Setting<Schema> => ({ env, schema, otherwise, shown, meaning });

/** A setting with a fixed default; an empty one is shown as `empty`. */
const fixed = <Schema extends TSchema>(
	env: Setting['env'],
	schema: Schema,
	value: Static<Schema>,
	meaning: string,
	shown: string = String(value) || 'empty',
): Setting<Schema> => derived(env, schema, () => value, shown, meaning);

/** A setting that DSS_PROFILE decides. */
const profiled = <Schema extends TSchema>(
	env: Setting['env'],
	schema: Schema,
	values: Readonly<Record<Profile, Static<Schema>>>,
	shown: string,
	meaning: string,
): Setting<Schema> => derived(env, schema, ({ profile }) => values[profile], `${shown} by profile`, meaning);

const PROFILES = ['conservative', 'balanced', 'aggressive'] as const;
type Profile = (typeof PROFILES)[number];

const MB = 1_000_000;
const whole = (minimum: number, maximum: number = Number.MAX_SAFE_INTEGER) =>
	Type.Integer({ minimum, maximum });
/** Timers of Node hold 31 bits. */
const milliseconds = whole(1, 2_147_483_647);
const seconds = whole(1, 1_000_000_000);
const origins = Type.Array(Type.String({ pattern: '^https?://[^/*\\s]+$' }));
const hosts = Type.Array(
	Type.String({ pattern: '^(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\])(?::\\d{1,5})?$' }),
);

/** Every setting, by its place in Config, in the order in which they are listed. The service reads no other. */
export const SETTINGS = {
	host: fixed(
		'DSS_HOST',
		Type.String({ minLength: 1 }),
		'127.0.0.1',
		'address to listen on; one that is not loopback needs DSS_AUTH to be set',
	),
	port: fixed('DSS_PORT', whole(0, 65_535), 3000, 'port to listen on; 0 takes a free one'),
	dataDir: fixed(
		'DSS_DATA_DIR',
		Type.String({ minLength: 1 }),
		'./data',
		'folder of its own for the database and the spool; made at start, mode 0700',
	),
	profile: fixed(
		'DSS_PROFILE',
		Type.Enum([...PROFILES]),
		'balanced',
		'conservative, balanced or aggressive: sets the limits below',
	),
	/** What is taken in at most. */
	limits: {
		maxArchiveBytes: profiled(
			'DSS_MAX_ARCHIVE_BYTES',
			whole(1),
			{ conservative: 50 * MB, balanced: 100 * MB, aggressive: 500 * MB },
			'50, 100 or 500 MB',
			'largest upload',
		),
		maxContentBytes: derived(
			'DSS_MAX_CONTENT_BYTES',
			whole(1),
			({ maxArchiveBytes }) => 10 * maxArchiveBytes,
			'10 × archive size',
			'largest content of an archive, inflated',
		),
		maxTokens: profiled(
			'DSS_MAX_TOKENS',
			whole(0),
			{ conservative: 5_000, balanced: 10_000, aggressive: 50_000 },
			'5,000, 10,000 or 50,000',
			'most tokens in an import',
		),
		maxComponents: profiled(
			'DSS_MAX_COMPONENTS',
			whole(0),
			{ conservative: 500, balanced: 1_000, aggressive: 5_000 },
			'500, 1,000 or 5,000',
			'most components in an import',
		),
		maxThemes: fixed('DSS_MAX_THEMES', whole(0), 1_000, 'most themes in an import', '1,000'),
		maxRecordBytes: fixed('DSS_MAX_RECORD_BYTES', whole(64), MB, 'largest record', '1 MB'),
		maxRecordDepth: fixed('DSS_MAX_RECORD_DEPTH', whole(1, 512), 64, 'deepest nesting of a record'),
		maxEntries: fixed('DSS_MAX_ENTRIES', whole(1), 1_000, 'most entries in an archive', '1,000'),
	},
	busyTimeoutMs: profiled(
		'DSS_BUSY_TIMEOUT_MS',
		milliseconds,
		{ conservative: 10_000, balanced: 5_000, aggressive: 30_000 },
		'10, 5 or 30 s',
		'how long a write waits for the database',
	),
	maxPageBytes: fixed(
		'DSS_MAX_PAGE_BYTES',
		whole(10_000, 100 * MB),
		4 * MB,
		'largest page of a list, 10 KB to 100 MB; one item always fits',
		'4 MB',
	),
	requestTimeoutMs: fixed(
		'DSS_REQUEST_TIMEOUT_MS',
		milliseconds,
		30_000,
		'how long a request may take; estimates are held against it',
	),
	stallTimeoutMs: fixed(
		'DSS_STALL_TIMEOUT_MS',
		milliseconds,
		30_000,
		'after which a worker that neither makes progress nor stops is ended',
	),
	uploadIdleMs: fixed('DSS_UPLOAD_IDLE_MS', milliseconds, 15_000, 'how long an upload may send nothing'),
	uploadTimeoutMs: fixed('DSS_UPLOAD_TIMEOUT_MS', milliseconds, 600_000, 'how long an upload may take'),
	spoolQuotaBytes: derived(
		'DSS_SPOOL_QUOTA_BYTES',
		whole(0),
		({ maxArchiveBytes }) => 10 * maxArchiveBytes,
		'10 × archive size',
		'most bytes on the spool at once',
	),
	workers: derived(
		'DSS_WORKERS',
		whole(1, 256),
		({ cores }) => cores,
		'number of cores',
		'threads for archive work',
	),
	queueLimit: fixed('DSS_QUEUE_LIMIT', whole(1, 1_000_000), 100, 'archive work that may wait for a worker'),
	clockToleranceMs: fixed(
		'DSS_CLOCK_TOLERANCE_MS',
		whole(0, 2_147_483_647),
		5_000,
		'clocks this close are treated as equal; used by merge advice',
	),
	clockDriftWarningMs: fixed(
		'DSS_CLOCK_DRIFT_WARNING_MS',
		whole(0, 2_147_483_647),
		3_600_000,
		'clocks this far apart cause a warning; used by merge advice',
	),
	historyRevisions: fixed(
		'DSS_HISTORY_REVISIONS',
		whole(0, 1_000_000_000),
		0,
		'how many of the newest revisions of a project are kept; 0 = all',
	),
	historyDays: fixed('DSS_HISTORY_DAYS', whole(0, 1_000_000), 0, 'how many days revisions are kept; 0 = all'),
	resultTtlSeconds: fixed(
		'DSS_RESULT_TTL',
		seconds,
		86_400,
		'how long files that jobs made are kept, in seconds',
	),
	jobTtlSeconds: fixed('DSS_JOB_TTL', seconds, 2_592_000, 'how long ended jobs are kept, in seconds'),
	webhooks: {
		url: fixed(
			'DSS_WEBHOOK_URL',
			Type.Union([Type.String({ pattern: '^https?://[^\\s]+$' }), Type.Null()]),
			null,
			'address that gets a message at the end of every job',
			'none',
		),
		secret: fixed(
			'DSS_WEBHOOK_SECRET',
			Type.String({ pattern: '^(?:whsec_)?[A-Za-z0-9+/]{32,}={0,2}$|^$' }),
			'',
			'key that webhooks are signed with: whsec_ and 24 bytes or more in base64',
			'none',
		),
		origins: fixed(
			'DSS_WEBHOOK_ORIGINS',
			origins,
			[],
			'origins that a request may name in callback_url, comma-separated',
		),
		allowPrivate: fixed(
			'DSS_WEBHOOK_ALLOW_PRIVATE',
			Type.Boolean(),
			false,
			'whether webhooks may go to this machine and to private networks',
		),
	},
	auth: fixed(
		'DSS_AUTH',
		Type.Enum(['none']),
		'none',
		'none is the only mode so far; must be set for a host that is not loopback',
	),
	hosts: fixed(
		'DSS_HOSTS',
		hosts,
		[],
		'further names by which the service is called (the Host header), comma-separated, each with its port or for any',
	),
	rateLimit: derived(
		'DSS_RATE_LIMIT',
		whole(0, 1_000_000),
		({ loopback }) => (loopback ? 0 : 300),
		'0 on loopback, else 300',
		'requests per minute and caller; 0 = off',
	),
	corsOrigins: fixed('DSS_CORS_ORIGINS', origins, [], 'exact origins whose pages may call, comma-separated'),
	logLevel: fixed(
		'DSS_LOG_LEVEL',
		Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
		'info',
		'fatal, error, warn, info, debug, trace or silent',
	),
};

/** What a table of settings, or one of its groups, comes to once it is read. */
type ValuesOf<Table> =
	Table extends Setting<infer Schema>
		? Static<Schema>
		: { readonly [Key in keyof Table]: ValuesOf<Table[Key]> };

/** All settings, checked at start and frozen. */
export type Config = ValuesOf<typeof SETTINGS>;

/** The limits on what is taken in. */
export type Limits = Config['limits'];

import Type, { type Static } from 'typebox';

const Bytes = (minimum: number) => Type.Integer({ minimum, maximum: Number.MAX_SAFE_INTEGER });
const Milliseconds = Type.Integer({ minimum: 1, maximum: 2_147_483_647 });
const Amount = (minimum: number) => Type.Integer({ minimum, maximum: Number.MAX_SAFE_INTEGER });

/** The limits on what is taken in. */
export const Limits = Type.Object({
	maxArchiveBytes: Bytes(1),
	maxContentBytes: Bytes(1),
	maxTokens: Amount(0),
	maxComponents: Amount(0),
	maxThemes: Amount(0),
	maxRecordBytes: Bytes(64),
	maxRecordDepth: Type.Integer({ minimum: 1, maximum: 512 }),
	maxEntries: Amount(1),
});
export type Limits = Static<typeof Limits>;

/** All settings, checked at start. */
export const Config = Type.Object({
	host: Type.String({ minLength: 1 }),
	port: Type.Integer({ minimum: 0, maximum: 65535 }),
	dataDir: Type.String({ minLength: 1 }),
	profile: Type.Enum(['conservative', 'balanced', 'aggressive']),
	limits: Limits,
	busyTimeoutMs: Milliseconds,
	requestTimeoutMs: Milliseconds,
	stallTimeoutMs: Milliseconds,
	uploadIdleMs: Milliseconds,
	uploadTimeoutMs: Milliseconds,
	spoolQuotaBytes: Bytes(0),
	workers: Type.Integer({ minimum: 1, maximum: 256 }),
	queueLimit: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
	clockToleranceMs: Type.Integer({ minimum: 0, maximum: 2_147_483_647 }),
	clockDriftWarningMs: Type.Integer({ minimum: 0, maximum: 2_147_483_647 }),
	historyRevisions: Type.Integer({ minimum: 0, maximum: 1_000_000_000 }),
	historyDays: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
	resultTtlSeconds: Type.Integer({ minimum: 1, maximum: 1_000_000_000 }),
	jobTtlSeconds: Type.Integer({ minimum: 1, maximum: 1_000_000_000 }),
	webhooks: Type.Object({
		url: Type.Union([Type.Null(), Type.String({ pattern: '^https?://[^\\s]+$' })]),
		secret: Type.String({ pattern: '^(?:whsec_)?[A-Za-z0-9+/]{32,}={0,2}$|^$' }),
		origins: Type.Array(Type.String({ pattern: '^https?://[^/*\\s]+$' })),
		allowPrivate: Type.Boolean(),
	}),
	auth: Type.Literal('none'),
	rateLimit: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
	corsOrigins: Type.Array(Type.String({ pattern: '^https?://[^/*\\s]+$' })),
	logLevel: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
});
export type Config = Static<typeof Config>;

/** Environment → one frozen, typed Config, by the table of `schemas/config.ts`. The only reader of the environment. */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import Type, { type Static, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { type Basis, type Config, SETTINGS, type Setting } from '../schemas/config.ts';
import { isLoopback } from './addresses.ts';
import { firstFault } from './records/schema-faults.ts';

type Environment = Readonly<Record<string, string | undefined>>;
/** What is wrong with a setting, by its name. */
type Faults = Map<string, string>;

/** The faults of an environment, one line each. */
export class ConfigError extends Error {
	override readonly name = 'ConfigError';
	readonly faults: readonly string[];
	constructor(faults: readonly string[]) {
		super(faults.join('\n'));
		this.faults = faults;
	}
}

/** Every setting, in the order in which help and README list them. */
export const settings: readonly Setting[] = flatten(SETTINGS);

/**
 * Reads the settings.
 * @param env the environment; only names that begin with `DSS_` are looked at.
 * @throws {ConfigError} with one line per fault: an unknown name, a value of the wrong form, an open host.
 */
export function readConfig(env: Environment): Config {
	const faults: Faults = new Map();
	const known = new Set<string>(settings.map((setting) => setting.env));
	for (const name of Object.keys(env))
		if (name.startsWith('DSS_') && !known.has(name)) faults.set(name, 'there is no such setting');

	const cores = availableParallelism();
	const start: Basis = { profile: 'balanced', loopback: true, maxArchiveBytes: 0, cores };
	const profile = valueFor(SETTINGS.profile, env, start, faults);
	const loopback = isLoopback(valueFor(SETTINGS.host, env, start, faults));
	const withProfile = { ...start, profile, loopback };
	const maxArchiveBytes = valueFor(SETTINGS.limits.maxArchiveBytes, env, withProfile, faults);
	const basis = { ...withProfile, maxArchiveBytes };

	// Each member was held against its setting's schema, from which Config is derived.
	const read = evaluate(SETTINGS, (setting) => valueFor(setting, env, basis, faults)) as Config;
	const config = { ...read, dataDir: resolve(read.dataDir) };
	refuseOpenHost(config, env, faults);
	refuseCredentials(config, faults);
	refuseUnsigned(config, faults);
	refuseBasePath(config, faults);
	if (faults.size > 0) throw new ConfigError([...faults].map(([name, fault]) => `${name}: ${fault}`));
	return deepFreeze(config);
}

/** The help text: every setting with its default. */
export function helpText(): string {
	const width = Math.max(...settings.map(({ env }) => env.length));
	const rows = settings.map(
		({ env, shown, meaning }) => `  ${env.padEnd(width)}  ${meaning} (default: ${shown})`,
	);
	return [
		'dss keeps design systems and moves them as .dss archives.',
		'',
		'Settings (environment):',
		...rows,
		'',
	].join('\n');
}

/** What a setting is; its default where it is not set, or is set wrongly, which is noted. */
function valueFor<Schema extends TSchema>(
	{ env: name, schema, otherwise }: Setting<Schema>,
	env: Environment,
	basis: Basis,
	faults: Faults,
): Static<Schema> {
	const text = env[name];
	if (text === undefined) return otherwise(basis);
	const value = parse(schema, text);
	const compiled = Compile(schema);
	// What the schema holds is of its type.
	if (compiled.Check(value)) return value as Static<Schema>;
	faults.set(name, formFault(schema, text, value) ?? firstFault(compiled, value).reason);
	return otherwise(basis);
}

/** A setting's text as its schema wants it; as it is where it cannot be that. */
function parse(schema: TSchema, text: string): unknown {
	if (Type.IsInteger(schema)) return /^\d{1,16}$/.test(text) ? Number(text) : text;
	if (Type.IsBoolean(schema)) return text === 'true' || (text === 'false' ? false : text);
	if (!Type.IsArray(schema)) return text;
	const items = text.split(',').map((item) => item.trim());
	return items.filter((item) => item !== '');
}

/** What is wrong with a text that cannot be of the form that its schema wants; null where the form is right. */
function formFault(schema: TSchema, text: string, value: unknown): string | null {
	if (Type.IsInteger(schema) && typeof value === 'string') return `"${text}" is not a whole number`;
	return Type.IsBoolean(schema) ? `"${text}" is neither true nor false` : null;
}

function refuseOpenHost({ host }: Config, env: Environment, faults: Faults): void {
	if (isLoopback(host) || env['DSS_AUTH'] !== undefined) return;
	faults.set(
		'DSS_HOST',
		`${host} is not loopback, so anyone who reaches it could change every project; set DSS_AUTH=none if that is meant`,
	);
}

function refuseCredentials({ webhooks: { url } }: Config, faults: Faults): void {
	const parsed = url === null ? null : URL.parse(url);
	if (parsed !== null && (parsed.username !== '' || parsed.password !== ''))
		faults.set(
			'DSS_WEBHOOK_URL',
			'a user or password in the address would be kept in clear; messages are signed',
		);
}

function refuseUnsigned({ webhooks: { url, secret, origins } }: Config, faults: Faults): void {
	if (secret === '' && (url !== null || origins.length > 0) && !faults.has('DSS_WEBHOOK_SECRET'))
		faults.set('DSS_WEBHOOK_SECRET', 'webhooks are signed, so there must be a secret');
}

/** The first parts of the service's own addresses: below them it could not be told what a proxy has stripped. */
const OWN_PARTS: readonly string[] = ['api', 'docs', 'healthz', 'metrics', 'openapi.json', 'readyz'];

function refuseBasePath({ basePath }: Config, faults: Faults): void {
	if (basePath === '') return;
	const [empty, first = '', ...others] = basePath.split('/');
	const isPart = (part: string) => /^[\w~.-]+$/.test(part) && part !== '.' && part !== '..';
	if (empty !== '' || ![first, ...others].every(isPart))
		faults.set(
			'DSS_BASE_PATH',
			`"${basePath}" is no path such as /dss: a slash before each part, none at the end`,
		);
	else if (OWN_PARTS.includes(first))
		faults.set('DSS_BASE_PATH', `/${first} is an address of the service itself`);
}

type Table = { readonly [key: string]: Setting | Table };

function isSetting(entry: Setting | Table): entry is Setting {
	return typeof entry['env'] === 'string';
}

function flatten(table: Table): Setting[] {
	return Object.values(table).flatMap((entry) => (isSetting(entry) ? [entry] : flatten(entry)));
}

/** The table with each setting's value in its place. */
function evaluate(table: Table, read: (setting: Setting) => unknown): object {
	const entries = Object.entries(table);
	return Object.fromEntries(
		entries.map(([key, entry]) => [key, isSetting(entry) ? read(entry) : evaluate(entry, read)]),
	);
}

function deepFreeze<T extends object>(value: T): T {
	for (const member of Object.values(value)) {
		if (typeof member === 'object' && member !== null) deepFreeze(member);
	}
	return Object.freeze(value);
}

/**
 * Which host a request is for, and which page sent it (REFUSALS 48). Where nobody has to log in, a page of any site
 * could write through its visitor's browser, and read everything by rebinding its own name to 127.0.0.1.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Config } from '../../schemas/config.ts';
import { isAddress, isLoopback, isWildcard, withoutRootDot } from '../addresses.ts';
import { errors } from '../errors.ts';

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];
/** Answered under any Host: orchestrators call by whatever address they have, and it reveals nothing. */
const LIVENESS = '/healthz';

/** Refuses foreign hosts and foreign pages. @throws {DssError} foreign_origin; malformed_request without a Host */
export const origins = fp(async (app: FastifyInstance, { config }: { config: Config }) => {
	const hosts = new KnownHosts(config);
	app.addHook('onRequest', async (request) => {
		if (request.routeOptions.url === LIVENESS) return;
		assertKnownHost(request, hosts);
		if (!SAFE_METHODS.includes(request.method)) assertOwnPage(request, config.corsOrigins);
	});
});

function assertKnownHost({ headers, raw }: FastifyRequest, hosts: KnownHosts): void {
	const { host } = headers;
	if (host === undefined || host === '') {
		// RFC 9112 §3.2: only HTTP/1.0 may leave it out. Browsers never do.
		if (raw.httpVersion === '1.0') return;
		throw errors.malformedRequest({ reason: 'the request has no Host' });
	}
	if (hosts.has(host)) return;
	const shown = host.slice(0, 200);
	const reason = `"${shown}" is not a name of this service; the operator can add it to DSS_HOSTS`;
	throw errors.foreignOrigin({ reason, host: shown });
}

/** Fetch Standard, "Origin" and Sec-Fetch-Site: what is not a browser sends neither and passes. */
function assertOwnPage({ headers }: FastifyRequest, allowed: readonly string[]): void {
	const { origin, host, 'sec-fetch-site': site } = headers;
	if (origin !== undefined) {
		if (allowed.includes(origin)) return;
		if (!isOriginOf(origin, host)) throw foreignPage(`a page of ${origin.slice(0, 200)}`, origin);
	}
	if (site === 'cross-site' || site === 'same-site') throw foreignPage('a page of another site');
}

function foreignPage(page: string, origin?: string) {
	const reason = `${page} may not change anything here; the operator can add its origin to DSS_CORS_ORIGINS`;
	return errors.foreignOrigin({ reason, ...(origin === undefined ? {} : { origin: origin.slice(0, 200) }) });
}

/** Whether a page came from the host that it calls; a proxy may have ended TLS, so the scheme is not compared. */
function isOriginOf(origin: string, host: string | undefined): boolean {
	return host !== undefined && URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}

/** The names and addresses by which the service may be called. */
class KnownHosts {
	/** Whether any will do: a service that others reach on all addresses, and whose names nobody has listed. */
	readonly #any: boolean;
	/** Whether every address will do: an address cannot be rebound, only a name. */
	readonly #addresses: boolean;
	readonly #names: ReadonlySet<string>;

	constructor({ host, hosts }: Pick<Config, 'host' | 'hosts'>) {
		this.#any = isWildcard(host) && hosts.length === 0;
		this.#addresses = !isLoopback(host);
		this.#names = new Set([host, ...hosts].map((name) => withoutRootDot(name.toLowerCase())));
	}

	/** @param host a Host header: a name or an address, with or without a port */
	has(host: string): boolean {
		const parts = /^(\[[0-9a-f:.]+\]|[^\s:/?#@[\]\\]+)(:\d{0,5})?$/.exec(host.toLowerCase());
		if (parts?.[1] === undefined) return false;
		const given = withoutRootDot(parts[1]);
		const name = given.replace(/^\[|\]$/g, '');
		return (
			this.#any ||
			isLoopback(name) ||
			[`${given}${parts[2] ?? ''}`, given, name].some((form) => this.#names.has(form)) ||
			(this.#addresses && isAddress(name))
		);
	}
}

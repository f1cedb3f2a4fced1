/** What browsers may do with an answer: nothing but show it. Swagger UI has a policy of its own. */
import helmet, { type FastifyHelmetOptions } from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';

/** Answers are data: a browser that takes one for a page runs and loads nothing of it. */
const DATA_POLICY = "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'";

/**
 * The policy of the pages under /docs. Their styles are set by script and by attributes, and their images are data.
 * There is no `upgrade-insecure-requests`: the service itself speaks HTTP.
 */
export const DOCS_POLICY = {
	'default-src': "'none'",
	'script-src': "'self'",
	'style-src': "'self' 'unsafe-inline'",
	'img-src': "'self' data:",
	'font-src': "'self' data:",
	'connect-src': "'self'",
	'base-uri': "'none'",
	'form-action': "'none'",
	'frame-ancestors': "'none'",
};

const OPTIONS: FastifyHelmetOptions = {
	contentSecurityPolicy: {
		useDefaults: false,
		directives: {
			defaultSrc: ["'none'"],
			baseUri: ["'none'"],
			formAction: ["'none'"],
			frameAncestors: ["'none'"],
		},
	},
	frameguard: { action: 'deny' },
	// RFC 6797 §7.2: not over HTTP. What ends TLS before the service sets it.
	strictTransportSecurity: false,
};

/** The headers of answers that no hook reaches: those that helmet sets. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
	'Content-Security-Policy': DATA_POLICY,
	'Cross-Origin-Opener-Policy': 'same-origin',
	'Cross-Origin-Resource-Policy': 'same-origin',
	'Origin-Agent-Cluster': '?1',
	'Referrer-Policy': 'no-referrer',
	'X-Content-Type-Options': 'nosniff',
	'X-DNS-Prefetch-Control': 'off',
	'X-Download-Options': 'noopen',
	'X-Frame-Options': 'DENY',
	'X-Permitted-Cross-Domain-Policies': 'none',
	'X-XSS-Protection': '0',
};

export const securityHeaders = fp(async (app: FastifyInstance) => {
	await app.register(helmet, OPTIONS);
});

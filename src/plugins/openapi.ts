import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { Problem } from '../../schemas/problem.ts';
import { type Described, describeHeaders } from './openapi-headers.ts';
import { DOCS_POLICY } from './security-headers.ts';

export interface OpenapiOptions {
	readonly version: string;
	/** Empty, or where callers reach the service. */
	readonly basePath: string;
}

/** The OpenAPI document (3.1), written from the routes' schemas, and Swagger UI at `/docs`. */
export const openapi = fp(async (app: FastifyInstance, { version, basePath }: OpenapiOptions) => {
	// Every operation answers with it, so it is a component with a name.
	app.addSchema({ ...Problem, $id: 'Problem' });
	await app.register(swagger, {
		openapi: {
			openapi: '3.1.0',
			info: {
				title: 'DSS',
				version,
				summary: 'Keeps design systems as projects and moves them as .dss archives',
				description:
					'Design-system teams keep themes, design tokens and components in projects here, and move them between people, machines and tools as `.dss` archives. Errors are problem documents (RFC 9457).',
				license: { name: 'All rights reserved', identifier: 'LicenseRef-DSS' },
			},
			servers: [{ url: basePath || '/', description: 'This service' }],
			security: [],
			tags: [
				{ name: 'projects', description: 'Projects, their records and their history' },
				{ name: 'archives', description: 'Importing, analyzing and exporting archives' },
				{ name: 'merge', description: 'Merging what was changed in two places' },
				{ name: 'jobs', description: 'Work that outlasts its request' },
				{ name: 'operations', description: 'Health, figures and documentation of the service' },
			],
		},
		transformObject: (made) => {
			if ('swaggerObject' in made) return made.swaggerObject;
			// Made of the routes above: it has the parts that are looked at.
			return describeHeaders(made.openapiObject as Described) as typeof made.openapiObject;
		},
		refResolver: {
			buildLocalReference: (json, _base, _fragment, index) => String(json['$id'] ?? `def-${index}`),
		},
	});
	await app.register(swaggerUi, { routePrefix: '/docs', indexPrefix: basePath, staticCSP: DOCS_POLICY });
});

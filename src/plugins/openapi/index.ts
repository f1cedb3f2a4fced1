import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { DOCS_POLICY } from '../security-headers.ts';
import { Components } from './components.ts';
import { documented } from './documented.ts';
import { shared } from './shared.ts';

export interface OpenapiOptions {
	readonly version: string;
	/** Empty, or where callers reach the service. */
	readonly basePath: string;
}

/** The OpenAPI document (3.1), written from the routes' schemas, and Swagger UI at `/docs`. */
export const openapi = fp(async (app: FastifyInstance, { version, basePath }: OpenapiOptions) => {
	const components = new Components();
	await app.register(swagger, {
		openapi: {
			openapi: '3.1.0',
			info: {
				title: 'DSS',
				version,
				summary: 'Keeps design systems as projects and moves them as .dss archives',
				description:
					'Design-system teams keep themes, design tokens and components in projects here, and move them between people, machines and tools as `.dss` archives. Errors are problem documents (RFC 9457); `code` says which.',
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
		transform: ({ schema, url, route }) => ({ url, schema: documented(schema, route, components) }),
		transformObject: (document) =>
			'openapiObject' in document ? shared(document.openapiObject, components) : document.swaggerObject,
	});
	await app.register(swaggerUi, { routePrefix: '/docs', indexPrefix: basePath, staticCSP: DOCS_POLICY });
});

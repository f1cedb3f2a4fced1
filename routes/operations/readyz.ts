import Type from 'typebox';
import type { Readiness } from '../../src/service/health.ts';
import { problemAnswers } from '../answers.ts';
import type { App } from '../app-instance.ts';

const Part = Type.Object(
	{ ok: Type.Boolean(), reason: Type.Optional(Type.String()) },
	{ additionalProperties: false },
);
const Ready = Type.Object(
	{ status: Type.Enum(['ready', 'not_ready']), store: Part, spool: Part, workers: Part },
	{ additionalProperties: false },
);

export function readyz(app: App, readiness: () => Promise<Readiness>): void {
	const { 503: _problem, ...others } = problemAnswers();
	app.route({
		method: 'GET',
		url: '/readyz',
		logLevel: 'warn',
		schema: {
			operationId: 'getReadiness',
			summary: 'Whether store, spool and workers answer',
			tags: ['operations'],
			response: {
				200: { ...Ready, description: 'Ready' },
				503: { ...Ready, description: 'Not ready; each part gives its reason' },
				...others,
			},
		},
		handler: async (_request, reply) => {
			const parts = await readiness();
			const ready = Object.values(parts).every(({ ok }) => ok);
			reply.code(ready ? 200 : 503);
			return { status: ready ? ('ready' as const) : ('not_ready' as const), ...parts };
		},
	});
}

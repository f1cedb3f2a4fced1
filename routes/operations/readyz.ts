import Type from 'typebox';
import type { Readiness } from '../../src/service/health.ts';
import { answer } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { problemAnswers } from '../problem-answers.ts';

const Part = Type.Object(
	{ ok: Type.Boolean(), reason: Type.Optional(Type.String()) },
	{ $id: 'ReadinessPart', additionalProperties: false },
);
const Ready = Type.Object(
	{ status: Type.Enum(['ready', 'not_ready']), store: Part, spool: Part, workers: Part },
	{ $id: 'Readiness', additionalProperties: false },
);
const ok = { ok: true };
const ready = { status: 'ready', store: ok, spool: ok, workers: ok } as const;
const not_ready = { ...ready, status: 'not_ready', spool: { ok: false, reason: 'ENOSPC' } } as const;

export function readyz(app: App, readiness: () => Promise<Readiness>): void {
	const { 503: _problem, ...others } = problemAnswers();
	app.route({
		method: 'GET',
		url: '/readyz',
		schema: {
			operationId: 'getReadiness',
			summary: 'Whether store, spool and workers answer',
			description: 'For the balancer that sends requests here.',
			tags: ['operations'],
			response: {
				200: answer('Ready', Ready, { ready }),
				503: answer('Not ready; each part gives its reason', Ready, { not_ready }),
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

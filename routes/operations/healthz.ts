import Type from 'typebox';
import { answer } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { problemAnswers } from '../problem-answers.ts';

const Alive = Type.Object({ status: Type.Literal('ok') }, { $id: 'Health', additionalProperties: false });

export function healthz(app: App): void {
	// Answered under any Host: a load balancer asks by address.
	const { 403: _foreignOrigin, ...problems } = problemAnswers();
	app.route({
		method: 'GET',
		url: '/healthz',
		schema: {
			operationId: 'getHealth',
			summary: 'Whether the process is alive',
			description: 'For the supervisor that restarts it. Asks nothing of the store.',
			tags: ['operations'],
			response: { 200: answer('Alive', Alive, { alive: { status: 'ok' } }), ...problems },
		},
		handler: async () => ({ status: 'ok' as const }),
	});
}

import Type from 'typebox';
import { problemAnswers } from '../answers.ts';
import type { App } from '../app-instance.ts';

const Alive = Type.Object({ status: Type.Literal('ok') }, { additionalProperties: false });

export function healthz(app: App): void {
	// Answered under any Host: a load balancer asks by address.
	const { 403: _foreignOrigin, ...problems } = problemAnswers();
	app.route({
		method: 'GET',
		url: '/healthz',
		logLevel: 'warn',
		schema: {
			operationId: 'getHealth',
			summary: 'Whether the process is alive',
			tags: ['operations'],
			response: { 200: { ...Alive, description: 'Alive' }, ...problems },
		},
		handler: async () => ({ status: 'ok' as const }),
	});
}

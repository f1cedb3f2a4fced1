import type { Metrics } from '../../src/plugins/metrics.ts';
import { problemAnswers } from '../answers.ts';
import type { App } from '../app-instance.ts';

const text = { schema: { type: 'string' } };

export function metricsRoute(app: App, metrics: Metrics): void {
	app.route({
		method: 'GET',
		url: '/metrics',
		logLevel: 'warn',
		schema: {
			operationId: 'getMetrics',
			summary: 'Figures for Prometheus',
			tags: ['operations'],
			response: {
				200: {
					description: 'The figures',
					content: { 'text/plain': text, 'application/openmetrics-text': text },
				},
				...problemAnswers(),
			},
		},
		handler: async (request, reply) => {
			const { contentType, text: figures } = await metrics.exposition(request.headers.accept);
			return reply.header('content-type', contentType).serializer(String).send(figures);
		},
	});
}

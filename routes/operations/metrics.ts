import { problemAnswers } from '../answers.ts';
import type { App } from '../app-instance.ts';

/** The figures, as a media type. */
export interface Figures {
	exposition(mediaType: string | null): Promise<{ readonly contentType: string; readonly text: string }>;
}

const text = { schema: { type: 'string' } };

export function metricsRoute(app: App, metrics: Figures): void {
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
			const { contentType, text: figures } = await metrics.exposition(request.preferredType);
			return reply.header('content-type', contentType).serializer(String).send(figures);
		},
	});
}

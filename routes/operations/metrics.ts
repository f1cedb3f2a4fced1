import type { App } from '../app-instance.ts';
import { problemAnswers } from '../problem-answers.ts';

/** The figures, as a media type. */
export interface Figures {
	exposition(mediaType: string | null): Promise<{ readonly contentType: string; readonly text: string }>;
}

const text = { schema: { type: 'string' }, examples: { figure: { value: 'dss_jobs_queued 0\n' } } };

export function metricsRoute(app: App, metrics: Figures): void {
	app.route({
		method: 'GET',
		url: '/metrics',
		schema: {
			operationId: 'getMetrics',
			summary: 'Figures for Prometheus',
			description: 'In the text format of Prometheus, or in OpenMetrics where Accept prefers it.',
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

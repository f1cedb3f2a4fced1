import Type from 'typebox';

/** How a caller requests that work becomes a job. */
export const Background = {
	background: Type.Optional(
		Type.Boolean({
			default: false,
			description: 'Whether the work becomes a job: 202 instead of the result',
		}),
	),
	callback_url: Type.Optional(
		Type.String({
			maxLength: 2048,
			pattern: '^https?://',
			description: 'Gets a message when the job ends; its origin must be among DSS_WEBHOOK_ORIGINS',
		}),
	),
};

import Type from 'typebox';

/** How work may be asked to become a job. */
export const Background = {
	background: Type.Optional(
		Type.Boolean({ default: false, description: 'Whether it is to be a job: 202 instead of the result' }),
	),
	callback_url: Type.Optional(
		Type.String({
			maxLength: 2048,
			pattern: '^https?://',
			description: 'Told of the end of the job; its origin must be among DSS_WEBHOOK_ORIGINS',
		}),
	),
};

import type { FastifyReply } from 'fastify';

/** Names a request header that an answer depends on (RFC 9110 §12.5.5). */
export function addVary(reply: FastifyReply, name: string): void {
	const names = String(reply.getHeader('vary') ?? '')
		.split(',')
		.map((one) => one.trim())
		.filter((one) => one !== '');
	if (names.some((one) => one.toLowerCase() === name.toLowerCase())) return;
	reply.header('vary', [...names, name].join(', '));
}

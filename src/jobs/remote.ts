/** Ports of the queue called from another thread: every call is one message, every answer one. */
import { DssError, type ErrorData, errors, fromErrorData, toErrorData } from '../errors.ts';
import type { QueuePorts } from './ports.ts';

/** One call of a port's method. It survives a structured clone. */
export interface QueueCall {
	readonly port: keyof QueuePorts;
	readonly method: string;
	readonly ask: unknown;
}

export type QueueAnswer =
	| { readonly ok: true; readonly value: unknown }
	| { readonly ok: false; readonly error: ErrorData };

type Method = (ask: unknown) => Promise<unknown>;

/** The ports, each method of which sends its one argument with `send` and answers what came back. */
export function remotePorts(send: (call: QueueCall) => Promise<QueueAnswer>): QueuePorts {
	const remote = <Port extends keyof QueuePorts>(port: Port): QueuePorts[Port] =>
		// Typed as the port that it stands for: it has every method that is asked for, as the port's methods all take
		// one argument and answer a promise. It is no promise itself, though `await` asks.
		new Proxy({} as QueuePorts[Port], {
			get: (_target, method) =>
				typeof method !== 'string' || method === 'then'
					? undefined
					: async (ask: unknown) => {
							const answer = await send({ port, method, ask });
							if (!answer.ok) throw fromErrorData(answer.error);
							return answer.value;
						},
		});
	return { jobs: remote('jobs'), outbox: remote('outbox'), keys: remote('keys'), speeds: remote('speeds') };
}

/** The other side: answers calls on ports that are opened at the first call, and again after the store has failed. */
export function serveQueue(
	open: () => QueuePorts & { close(): void },
): (call: QueueCall) => Promise<QueueAnswer> {
	let ports: ReturnType<typeof open> | null = null;
	return async ({ port, method, ask }) => {
		try {
			ports ??= open();
			const adapter = ports[port];
			// The caller is `remotePorts`, which is typed as the ports.
			const run = adapter[method as keyof typeof adapter] as Method;
			return { ok: true, value: await run.call(adapter, ask) };
		} catch (error) {
			const known = error instanceof DssError ? error : errors.internal({}, error);
			if (known.code === errors.storeFailed.spec.code) {
				ports?.close();
				ports = null;
			}
			return { ok: false, error: toErrorData(known) };
		}
	};
}

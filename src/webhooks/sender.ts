/** Sends one webhook: signed by the Standard Webhooks scheme, without redirects, to public addresses only. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { Delivery } from '../jobs/outbox.ts';
import type { Job } from '../jobs/queue.ts';
import { isPublicAddress, publicLookup } from './address-guard.ts';

/** How long a receiver may take to answer. */
const ANSWER_MS = 15_000;

export interface SenderOptions {
	/** As the scheme writes it: `whsec_` and base64. */
	readonly secret: string;
	/** Whether messages may go to addresses of this machine and of private networks. */
	readonly allowPrivate: boolean;
	/** The job as callers see it. */
	readonly show: (job: Job) => object;
}

export class WebhookSender {
	readonly #options: SenderOptions;
	readonly #signer: Webhook;

	constructor(options: SenderOptions) {
		this.#options = options;
		this.#signer = new Webhook(options.secret);
	}

	/** Resolves once the receiver has answered 2xx. @throws {Error} any other answer, none, or a private address */
	async send({ number, url, job }: Delivery, stop: AbortSignal): Promise<void> {
		const type = job.status === 'succeeded' ? 'job.succeeded' : 'job.failed';
		const sentAt = new Date();
		// When it happened, and the same for all attempts; the header below is of the attempt (Standard Webhooks).
		const payload = JSON.stringify({ type, timestamp: job.finishedAt, data: this.#options.show(job) });
		// The same id for all attempts, so that a receiver knows a message that it has had.
		const id = `msg_${job.uuid}_${number}`;
		const headers = {
			'content-type': 'application/json',
			'user-agent': 'dss',
			'webhook-id': id,
			'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
			'webhook-signature': this.#signer.sign(id, sentAt, payload),
		};
		const status = await this.#post(new URL(url), payload, headers, stop);
		if (status < 200 || status >= 300) throw new Error(`the receiver answered ${status}`);
	}

	/** One request; a name's address is checked when it is connected to, not before. */
	#post(url: URL, body: string, headers: Record<string, string>, stop: AbortSignal): Promise<number> {
		const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
		const { allowPrivate } = this.#options;
		// A host that is an address is connected to without a lookup.
		const host = url.hostname.replace(/^\[|\]$/g, '');
		if (!allowPrivate && isIP(host) !== 0 && !isPublicAddress(host))
			return Promise.reject(new Error(`${host} is a private address`));
		const signal = AbortSignal.any([stop, AbortSignal.timeout(ANSWER_MS)]);
		return new Promise((resolve, reject) => {
			const options = { method: 'POST', headers, signal, agent: false as const };
			const outgoing = send(url, allowPrivate ? options : { ...options, lookup: publicLookup }, (answer) => {
				answer.resume();
				answer.once('end', () => resolve(answer.statusCode ?? 0)).once('error', reject);
			});
			outgoing.once('error', reject);
			outgoing.end(body);
		});
	}
}

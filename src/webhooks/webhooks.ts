/** Tells of the ends of jobs: signed by the Standard Webhooks scheme, again and again until it is heard or given up. */
import { lookup } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { Delivery, Job, JobQueue } from '../jobs/queue.ts';

export interface WebhookOptions {
	readonly queue: JobQueue;
	/** As the scheme writes it: `whsec_` and base64. */
	readonly secret: string;
	/** Whether messages may go to addresses of this machine and of private networks. */
	readonly allowPrivate: boolean;
	/** The job as callers see it. */
	readonly show: (job: Job) => object;
	readonly onDelivery: (outcome: 'delivered' | 'retried' | 'given_up') => void;
	readonly onError: (error: unknown, message: string) => void;
}

const LOOK_EVERY_MS = 1_000;
const ANSWER_MS = 15_000;
/** After 1 s, 5 s, 25 s … and then given up: some ten hours. */
const BACK_OFF_MS = [1_000, 5_000, 30_000, 300_000, 1_800_000, 7_200_000, 28_800_000];

/** Addresses that nobody outside could mean (RFC 6890, RFC 4193, RFC 4291). */
const PRIVATE = new BlockList();
for (const [net, prefix] of [
	['0.0.0.0', 8],
	['10.0.0.0', 8],
	['100.64.0.0', 10],
	['127.0.0.0', 8],
	['169.254.0.0', 16],
	['172.16.0.0', 12],
	['192.0.0.0', 24],
	['192.168.0.0', 16],
	['198.18.0.0', 15],
	['224.0.0.0', 3],
] as const)
	PRIVATE.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of [
	['::', 127],
	['64:ff9b::', 96],
	['fc00::', 7],
	['fe80::', 10],
	['ff00::', 8],
] as const)
	PRIVATE.addSubnet(net, prefix, 'ipv6');

/** Whether an address is of this machine, of a private network, or of no one machine. IPv4 within IPv6 counts as IPv4. */
export function isPrivateAddress(address: string): boolean {
	const family = isIP(address);
	if (family === 0) return true;
	return PRIVATE.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

export class Webhooks {
	readonly #options: WebhookOptions;
	readonly #signer: Webhook;
	readonly #stopped = new AbortController();
	#timer: NodeJS.Timeout | undefined;
	#working: Promise<void> | null = null;

	constructor(options: WebhookOptions) {
		this.#options = options;
		this.#signer = new Webhook(options.secret);
	}

	start(): void {
		this.#timer = setInterval(() => this.wake(), LOOK_EVERY_MS).unref();
		this.wake();
	}

	/** Sends what is due. */
	wake(): void {
		this.#working ??= this.#sendDue()
			.catch((error: unknown) => this.#options.onError(error, 'webhooks could not be sent'))
			.finally(() => {
				this.#working = null;
			});
	}

	async close(): Promise<void> {
		clearInterval(this.#timer);
		this.#stopped.abort();
		await this.#working;
	}

	async #sendDue(): Promise<void> {
		const { queue, onDelivery } = this.#options;
		while (!this.#stopped.signal.aborted) {
			const delivery = await queue.nextDelivery(Date.now());
			if (delivery === null) return;
			const { number, attempts } = delivery;
			const heard = await this.#send(delivery);
			if (this.#stopped.signal.aborted && !heard) return;
			const backOff = BACK_OFF_MS[attempts];
			if (heard || backOff === undefined) {
				await queue.dropDelivery(number);
				onDelivery(heard ? 'delivered' : 'given_up');
			} else {
				await queue.deferDelivery({ number, notBefore: Date.now() + backOff });
				onDelivery('retried');
			}
		}
	}

	async #send({ number, url, job }: Delivery): Promise<boolean> {
		const type = job.status === 'succeeded' ? 'job.succeeded' : 'job.failed';
		const timestamp = new Date();
		const payload = JSON.stringify({ type, timestamp, data: this.#options.show(job) });
		// One id for all tries, so that a receiver knows a message that it has seen.
		const id = `msg_${job.uuid}_${number}`;
		try {
			const status = await this.#post(new URL(url), payload, {
				'content-type': 'application/json',
				'user-agent': 'dss',
				'webhook-id': id,
				'webhook-timestamp': String(Math.floor(timestamp.getTime() / 1000)),
				'webhook-signature': this.#signer.sign(id, timestamp, payload),
			});
			if (status >= 200 && status < 300) return true;
			throw new Error(`it answered ${status}`);
		} catch (error) {
			if (!this.#stopped.signal.aborted)
				this.#options.onError(error, `a webhook to ${new URL(url).origin} was not heard`);
			return false;
		}
	}

	/** One request, no redirects followed; the address is looked at when it is connected to, not before. */
	#post(url: URL, body: string, headers: Record<string, string>): Promise<number> {
		const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
		const { allowPrivate } = this.#options;
		// A name that is an address is connected to without being looked up.
		const host = url.hostname.replace(/^\[|\]$/g, '');
		if (!allowPrivate && isIP(host) !== 0 && isPrivateAddress(host))
			return Promise.reject(new Error(`${host} is a private address`));
		const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(ANSWER_MS)]);
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

/** Looks a name up, and refuses it if any of its addresses is private. */
const publicLookup: LookupFunction = (hostname, options, done) => {
	lookup(hostname, { ...options, all: true }, (error, addresses) => {
		if (error !== null) return done(error, []);
		const found = addresses.find(({ address }) => isPrivateAddress(address));
		if (found !== undefined)
			return done(new Error(`${hostname} is at ${found.address}, a private address`), []);
		const [first] = addresses;
		if (options.all) return done(null, addresses);
		if (first === undefined) return done(new Error(`${hostname} has no address`), []);
		return done(null, first.address, first.family);
	});
};

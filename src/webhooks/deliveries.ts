/** Delivers what is in the outbox: again and again until it has arrived or is given up, origins beside each other. */
import PQueue from 'p-queue';
import type { Delivery, Outbox } from '../jobs/outbox.ts';

/** Deferred deliveries come due without an event. */
const POLL_EVERY_MS = 1_000;
/**
 * Deliveries under way to one origin, which is one receiver: it waits for its own answers only. How many origins there
 * are is set by the operator.
 */
const PER_ORIGIN = 4;
/** The delays before the next attempts; after the last a delivery is given up, some ten and a half hours in all. */
const BACK_OFF_MS = [1_000, 5_000, 30_000, 300_000, 1_800_000, 7_200_000, 28_800_000];

export interface DeliveriesOptions {
	readonly outbox: Outbox;
	readonly sender: { send(delivery: Delivery, stop: AbortSignal): Promise<void> };
	readonly onDelivery: (outcome: 'delivered' | 'retried' | 'given_up') => void;
	readonly log: {
		warn(properties: object, message: string): void;
		error(properties: object, message: string): void;
	};
}

export class Deliveries {
	readonly #options: DeliveriesOptions;
	readonly #stopped = new AbortController();
	readonly #origins = new Map<string, PQueue>();
	readonly #underway = new Set<number>();
	#timer: NodeJS.Timeout | undefined;
	#looking: Promise<void> | null = null;
	#lookAgain = false;

	constructor(options: DeliveriesOptions) {
		this.#options = options;
	}

	start(): void {
		this.#timer = setInterval(() => this.wake(), POLL_EVERY_MS).unref();
		this.wake();
	}

	/** Sends what is due. */
	wake(): void {
		this.#lookAgain = true;
		this.#looking ??= this.#look()
			.catch((error: unknown) => this.#options.log.error({ err: error }, 'the outbox could not be read'))
			.finally(() => {
				this.#looking = null;
				// A call between the last look and here.
				if (this.#lookAgain && !this.#stopped.signal.aborted) this.wake();
			});
	}

	/** Breaks off what is under way; it is sent again after the next start. */
	async close(): Promise<void> {
		this.#stopped.abort();
		clearInterval(this.#timer);
		await this.#looking;
		await Promise.all([...this.#origins.values()].map((origin) => origin.onIdle()));
	}

	async #look(): Promise<void> {
		while (this.#lookAgain && !this.#stopped.signal.aborted) {
			this.#lookAgain = false;
			const ask = { now: Date.now(), perOrigin: PER_ORIGIN, underway: [...this.#underway] };
			for (const delivery of await this.#options.outbox.due(ask)) this.#add(delivery);
		}
	}

	#add(delivery: Delivery): void {
		const { origin } = delivery;
		const queue = this.#origins.get(origin) ?? new PQueue({ concurrency: PER_ORIGIN });
		// More of it come with the next look, once there is a place.
		if (queue.pending >= PER_ORIGIN) return;
		this.#origins.set(origin, queue);
		this.#underway.add(delivery.number);
		void queue.add(async () => {
			try {
				await this.#deliver(delivery);
			} catch (error) {
				this.#options.log.error({ err: error }, 'the outcome of a webhook delivery could not be written');
			} finally {
				this.#underway.delete(delivery.number);
				this.wake();
			}
		});
		void queue.onIdle().then(() => {
			if (queue.size + queue.pending === 0) this.#origins.delete(origin);
		});
	}

	async #deliver(delivery: Delivery): Promise<void> {
		const { outbox, sender, onDelivery, log } = this.#options;
		const { number, origin, attempts, job } = delivery;
		try {
			await sender.send(delivery, this.#stopped.signal);
		} catch (error) {
			if (this.#stopped.signal.aborted) return;
			const about = { err: error, origin, job: job.uuid, attempts: attempts + 1 };
			const backOff = BACK_OFF_MS[attempts];
			if (backOff === undefined) {
				log.error(about, 'webhook delivery given up');
				await outbox.remove(number);
				onDelivery('given_up');
				return;
			}
			log.warn(about, 'webhook delivery failed; it is sent again');
			await outbox.defer({ number, notBefore: Date.now() + backOff });
			onDelivery('retried');
			return;
		}
		await outbox.remove(number);
		onDelivery('delivered');
	}
}

/** A TaskRunner in memory, for those who use the port: the test decides when each task ends, and how. */
import type { Done, RunOptions, TaskRunner } from '../../src/workers/port.ts';
import type { TaskName, Tasks } from '../../src/workers/tasks.ts';

export interface Begun {
	readonly name: TaskName;
	// biome-ignore lint/suspicious/noExplicitAny: a task's input, which the test that began it knows
	readonly input: any;
	readonly options: RunOptions;
	succeed(value: object): void;
	fail(error: Error): void;
}

export class HandRunner implements TaskRunner {
	readonly begun: Begun[] = [];
	readonly #waiting: (() => void)[] = [];

	run<Name extends TaskName>(
		name: Name,
		input: Tasks[Name]['input'],
		options: RunOptions = {},
	): Promise<Done<Tasks[Name]['output']>> {
		return new Promise((resolve, reject) => {
			const { signal } = options;
			// As the port says: work stops when it is told to.
			signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
			this.begun.push({
				name,
				input,
				options,
				// The test gives an output of the task.
				succeed: (value) => resolve({ value: value as Tasks[Name]['output'], durations: {} }),
				fail: reject,
			});
			for (const wake of this.#waiting.splice(0)) wake();
		});
	}

	/** The task number `index` of those that were begun, once it has been. */
	async task(index: number): Promise<Begun> {
		for (;;) {
			const task = this.begun[index];
			if (task !== undefined) return task;
			await new Promise<void>((resolve) => this.#waiting.push(resolve));
		}
	}

	async close(): Promise<void> {}
}

/** The Speeds port: how fast work of each kind goes on this machine, in records per second, kept across restarts. */
export interface Speeds {
	/** By kind of work, as far as known. */
	all(): Promise<Record<string, number>>;
	keep(ask: { kind: string; recordsPerSecond: number }): Promise<void>;
}

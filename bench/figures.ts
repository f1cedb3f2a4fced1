/** Several measurements as one line. */
import { readFileSync } from 'node:fs';

const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);

export function median(values: readonly number[]): number {
	const inOrder = sorted(values);
	const middle = Math.floor(inOrder.length / 2);
	const upper = inOrder[middle] ?? Number.NaN;
	return inOrder.length % 2 === 1 ? upper : (upper + (inOrder[middle - 1] ?? Number.NaN)) / 2;
}

/** Milliseconds. */
export function figure(values: readonly number[]): string {
	const inOrder = sorted(values);
	return `${median(values).toFixed(1)} ms (${inOrder[0]?.toFixed(1)} – ${inOrder.at(-1)?.toFixed(1)})`;
}

/** Round by round, so that a machine that slows down slows both. */
export function ratioFigure(values: readonly number[], floors: readonly number[]): string {
	const ratios = sorted(values.map((value, index) => value / (floors[index] ?? Number.NaN)));
	return `${median(ratios).toFixed(2)} (${ratios[0]?.toFixed(2)} – ${ratios.at(-1)?.toFixed(2)})`;
}

/** The largest resident size of a process so far, in MB, as Linux tells it. */
export function peakMemory(pid: number): number {
	const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
	return Math.round(Number(kilobytes) / 1024);
}

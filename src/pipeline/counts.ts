import type { Counts } from '../store/port.ts';

/** Records of all kinds together. */
export function sum({ themes, tokens, components }: Counts): number {
	return themes + tokens + components;
}

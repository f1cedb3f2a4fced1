/** Numbers of records by kind. */
import type { Kind } from '../../schemas/records.ts';

/** How many records of each kind. */
export type Counts = Record<Kind, number>;

export const noCounts = (): Counts => ({ themes: 0, tokens: 0, components: 0 });

/** Records of all kinds together. */
export function sumCounts({ themes, tokens, components }: Counts): number {
	return themes + tokens + components;
}

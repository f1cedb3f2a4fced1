/** Design tokens in bulk, as a design system of that size would have them: four in ten are aliases. */

export interface BenchToken {
	readonly uuid: string;
	readonly line: string;
}

const AT = '2026-01-01T00:00:00.000Z';
export const THEME = '018f3b60-0000-7000-8000-000000000001';

/** Lines of `tokens.jsonl`, ordered by uuid. */
export function benchTokens(count: number): BenchToken[] {
	return Array.from({ length: count }, (_, index) => {
		const uuid = `018f3b60-0001-7000-8000-${index.toString(16).padStart(12, '0')}`;
		const path = `group${index % 50}.subgroup${index % 7}.token${index}`;
		const aliased = index % 5 < 2 && index > 10 ? index - 1 - (index % 5) : -1;
		const value =
			aliased >= 0
				? `{group${aliased % 50}.subgroup${aliased % 7}.token${aliased}}`
				: { alpha: 1, colorSpace: 'srgb', components: [(index % 256) / 255, 0.5, 0.25], hex: '#808040' };
		const record = {
			createdAt: AT,
			description: `Token number ${index}, described in a sentence of ordinary length.`,
			extensions: { 'com.example.tool': { id: `id-${index}`, scopes: ['fill', 'stroke'] } },
			path,
			tags: ['bench', `tag${index % 10}`],
			theme: THEME,
			type: 'color',
			updatedAt: AT,
			uuid,
			value,
			version: 1,
		};
		return { uuid, line: JSON.stringify(record) };
	});
}

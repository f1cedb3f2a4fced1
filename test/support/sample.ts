/** A small project as an edit sends it: two themes, four tokens, two components that point at each other. */
export const LIGHT = '018f3b60-0000-7000-8000-000000000001';
export const DARK = '018f3b60-0000-7000-8000-000000000002';
export const BASE = '018f3b60-0000-7000-8000-000000000003';
export const ACCENT = '018f3b60-0000-7000-8000-000000000010';
export const LINK = '018f3b60-0000-7000-8000-000000000012';
export const BUTTON = '018f3b60-0000-7000-8000-000000000020';
export const CARD = '018f3b60-0000-7000-8000-000000000021';

export const srgb = (...components: number[]) => ({ colorSpace: 'srgb', components });

export function sampleProject() {
	return {
		themes: [
			{ uuid: BASE, name: 'base' },
			{ uuid: LIGHT, name: 'light', group: 'color scheme', order: 1, default: true },
			{ uuid: DARK, name: 'dark', group: 'color scheme', order: 1 },
		],
		tokens: [
			{
				uuid: ACCENT,
				theme: LIGHT,
				path: 'color.accent',
				type: 'color',
				value: srgb(0, 0.4, 0.8),
				tags: ['brand'],
			},
			{
				uuid: '018f3b60-0000-7000-8000-000000000011',
				theme: DARK,
				path: 'color.accent',
				type: 'color',
				value: srgb(0.4, 0.7, 1),
			},
			{ uuid: LINK, theme: BASE, path: 'color.link', type: 'color', value: '{color.accent}', folder: 'text' },
			{
				uuid: '018f3b60-0000-7000-8000-000000000013',
				theme: BASE,
				path: 'space.small',
				type: 'dimension',
				value: { value: 8, unit: 'px' },
				category: 'layout',
			},
		],
		components: [
			{
				uuid: BUTTON,
				name: 'Button',
				tokens: ['color.accent', 'space.small'],
				props: [{ name: 'size', type: "'s' | 'm'" }],
			},
			{ uuid: CARD, name: 'Card', dependencies: [BUTTON] },
		],
	};
}

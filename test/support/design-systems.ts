/** The licensed design systems of dtcg-examples, and an independent reading of their files. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const SYSTEMS = [
	'adobe-spectrum',
	'figma-sds',
	'github-primer',
	'ibm-carbon',
	'microsoft-fluent',
	'shopify-polaris',
];

/** The files of a version of the package, as paths within it. Apple HIG has no licence row and is left out. */
export function designTokenFiles(
	packageName: 'dtcg-examples' | 'dtcg-examples-previous' = 'dtcg-examples',
): string[] {
	const root = packageRoot(packageName);
	return readdirSync(root, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && entry.name.endsWith('.tokens.json'))
		.map((entry) => relative(root, join(entry.parentPath, entry.name)))
		.filter((path) => SYSTEMS.includes(path.split('/')[0] ?? ''))
		.sort();
}

export function readDesignTokens(
	path: string,
	packageName: 'dtcg-examples' | 'dtcg-examples-previous' = 'dtcg-examples',
): Buffer {
	return readFileSync(join(packageRoot(packageName), path));
}

function packageRoot(packageName: string): string {
	return join(import.meta.dirname, '../../node_modules', packageName);
}

/** What a file says of a token, read with nothing but the rules of groups and inheritance. */
export interface ExpectedToken {
	readonly type: string | undefined;
	readonly value: unknown;
	readonly description: unknown;
	readonly extensions: unknown;
}

interface Group {
	readonly [name: string]: unknown;
}

export function expectedTokens(file: Buffer): Map<string, ExpectedToken> {
	const found = new Map<string, ExpectedToken>();
	const visit = (group: Group, path: string[], inherited: string | undefined): void => {
		const type = typeof group['$type'] === 'string' ? group['$type'] : inherited;
		if ('$value' in group) {
			found.set(path.join('.'), {
				type,
				value: withoutOlderForm(group['$value']),
				description: group['$description'],
				extensions: group['$extensions'],
			});
			return;
		}
		for (const [name, member] of Object.entries(group)) {
			if (name.startsWith('$') && name !== '$root') continue;
			visit(member as Group, [...path, name], type);
		}
	};
	visit(JSON.parse(file.toString()), [], undefined);
	return found;
}

/** The one older form in these files: letter spacing such as "0.32px" within typography. */
function withoutOlderForm(value: unknown): unknown {
	if (typeof value !== 'object' || value === null || !('letterSpacing' in value)) return value;
	const [, number, unit] = /^(-?[\d.]+)(px|rem)$/.exec(String(value.letterSpacing)) ?? [];
	return number === undefined ? value : { ...value, letterSpacing: { value: Number(number), unit } };
}

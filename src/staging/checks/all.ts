import type { CheckId } from '../port.ts';
import { aliasTypes } from './alias-types.ts';
import { aliases } from './aliases.ts';
import type { Check } from './check.ts';
import { componentReferences } from './component-references.ts';
import { cycles } from './cycles.ts';
import { tokenThemes } from './token-themes.ts';
import { uniqueIdentities } from './unique-identities.ts';
import { valueParts } from './value-parts.ts';

/** The checks, in the order in which they run; the later ones may rely on the earlier. */
export const CHECKS: readonly Check[] = [
	uniqueIdentities,
	tokenThemes,
	componentReferences,
	aliases,
	cycles,
	aliasTypes,
	valueParts,
];

/** A check by its name. */
export function checkOf(id: CheckId): Check {
	const check = CHECKS.find((one) => one.id === id);
	if (check === undefined) throw new RangeError(`no check ${id}`);
	return check;
}

export const CHECK_IDS: readonly CheckId[] = CHECKS.map(({ id }) => id);

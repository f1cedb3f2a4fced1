/** Stage referential: nothing points nowhere, in a circle, at the wrong type, or twice. */
import type { Warning } from '../../../schemas/problem.ts';
import type { DssError } from '../../errors.ts';
import { Findings, type Work } from '../work.ts';
import { aliasTypes } from './alias-types.ts';
import { aliases } from './aliases.ts';
import type { ReferentialCheck } from './check.ts';
import { componentReferences } from './component-references.ts';
import { cycles } from './cycles.ts';
import { tokenThemes } from './token-themes.ts';
import { uniqueIdentities } from './unique-identities.ts';
import { valueParts } from './value-parts.ts';

/** The checks, in the order in which they run; the later ones may rely on the earlier. */
export const REFERENTIAL_CHECKS: readonly ReferentialCheck[] = [
	uniqueIdentities,
	tokenThemes,
	componentReferences,
	aliases,
	cycles,
	aliasTypes,
	valueParts,
];

const SUMMARY: Readonly<Record<string, string>> = {
	dangling_reference: 'References lead to what is not there',
	reference_type: 'References lead to tokens of another type',
};

/** Faults that are let pass, by `faultKey`. */
export type KnownFaults = ReadonlySet<string>;

/** The same for the same fault of the same record. */
export function faultKey({ code, details }: DssError): string {
	return JSON.stringify([code, details['uuid'], details['path'], details['pointer'], details['reason']]);
}

/**
 * Runs every check over the sealed staging tables.
 *
 * @param known faults of references that were there before, and are told as warnings
 * @throws {DssError} dangling_reference, reference_cycle, reference_type, duplicate_record, with all that was found
 */
export async function checkReferences(
	work: Work,
	references: 'strict' | 'warn',
	known: KnownFaults = new Set(),
): Promise<void> {
	const findings = new Findings('referential');
	const passed: DssError[] = [];
	for (const [index, check] of REFERENTIAL_CHECKS.entries()) {
		await work.pause('referential', index, REFERENTIAL_CHECKS.length);
		const lenient = check.lenient && references === 'warn';
		await check.run(work.workspace, (error) => {
			if (lenient || (check.lenient && known.size > 0 && known.has(faultKey(error)))) passed.push(error);
			else findings.add(error);
		});
		// A circle has no type, and what is doubled has two.
		if (check === cycles && findings.total > 0) break;
	}
	findings.throwIfAny();
	work.warnings.push(...toWarnings(passed));
}

function toWarnings(passed: readonly DssError[]): Warning[] {
	const byCode = Map.groupBy(passed, ({ code }) => code);
	return [...byCode].map(([code, same]) => ({
		code,
		message: SUMMARY[code] ?? code,
		count: same.length,
		details: { paths: [...new Set(same.map(({ details }) => String(details['path'])))].slice(0, 10) },
	}));
}

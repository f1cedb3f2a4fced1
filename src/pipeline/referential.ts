/** Stage referential: nothing points nowhere, in a circle, at the wrong type, or is there twice (REFUSALS 32 to 36). */
import { type DssError, errors } from '../errors.ts';
import { excerpt } from '../records/excerpt.ts';
import { CHECK_IDS } from '../staging/checks/all.ts';
import type { CheckedSet, CheckId, Finding, KnownFindings, Layout } from '../staging/port.ts';
import type { Revision } from '../store/port.ts';
import { Findings, type Work } from './work.ts';

/** What `references=warn` lets pass with a warning. */
const LENIENT: ReadonlySet<CheckId> = new Set([
	'token-themes',
	'component-references',
	'aliases',
	'alias-types',
	'value-parts',
]);

const SUMMARY: Readonly<Partial<Record<Finding['code'], string>>> = {
	dangling_reference: 'References lead to what is not there',
	reference_type: 'References lead to tokens of another type',
};
/** Paths that a warning names. */
const NAMED = 10;

export interface ReferenceRules {
	/** Whether references that lead nowhere, or to another type, are refused or reported. */
	readonly references: 'strict' | 'warn';
	/**
	 * A revision whose own such references are let pass: nobody can mend all of a file of others at once, and what was
	 * let in with a warning must not keep its project from being worked on. Null: none.
	 */
	readonly inherited: { readonly here: Layout<'here'>; readonly current: Revision } | null;
}

/**
 * Runs every check over a set. Returns whether it stands with references that lead nowhere or to another type, which
 * have become warnings.
 *
 * @throws {DssError} dangling_reference, reference_cycle, reference_type, duplicate_record, with all that was found
 */
export async function checkReferences(work: Work, set: CheckedSet, rules: ReferenceRules): Promise<boolean> {
	const findings = new Findings('referential');
	const passed = new PassedFindings();
	const inherited = rules.inherited?.current.faultyReferences === false ? null : rules.inherited;
	let known: KnownFindings | null = null;
	for (const [index, check] of CHECK_IDS.entries()) {
		await work.pause('referential', index, CHECK_IDS.length);
		const lenient = LENIENT.has(check);
		if (lenient && rules.references === 'strict' && inherited !== null && known === null) {
			if (!findsAny(set, check)) continue;
			known = work.staging.remember(work.staging.copy(inherited.here), [...LENIENT]);
		}
		set.check(check, (finding) => {
			if (lenient && (rules.references === 'warn' || known?.has(finding))) passed.add(finding);
			else findings.add(toError(finding));
			return true;
		});
		// A circle has no type, and what is doubled has two.
		if (check === 'cycles' && findings.total > 0) break;
	}
	findings.throwIfAny();
	passed.warn(work);
	return passed.total > 0;
}

/** Whether a revision stands with faulty references; it is looked through where that is not known. */
export async function hasFaultyReferences(work: Work, revision: Revision): Promise<boolean> {
	if (revision.faultyReferences !== null) return revision.faultyReferences;
	const { projectUuid, number } = revision;
	const here = await work.store.layOut(work.staging, 'here', { projectUuid, revision: number });
	await work.pause('referential', 0, 0);
	return standsWithFaults(work.staging.copy(here));
}

/** Whether records refer to what is not among them, or to another type. */
export function standsWithFaults(set: CheckedSet): boolean {
	return [...LENIENT].some((check) => findsAny(set, check));
}

function findsAny(set: CheckedSet, check: CheckId): boolean {
	let any = false;
	set.check(check, () => {
		any = true;
		return false;
	});
	return any;
}

function toError({ code, ...details }: Finding): DssError {
	switch (code) {
		case 'dangling_reference':
			return errors.danglingReference(details);
		case 'reference_type':
			return errors.referenceType(details);
		case 'reference_cycle':
			return errors.referenceCycle({ ...details, loop: [...(details.loop ?? [])] });
		case 'duplicate_record':
			return errors.duplicateRecord(details);
	}
}

/** Findings that become warnings: counted by code, with the first paths. */
class PassedFindings {
	readonly #byCode = new Map<Finding['code'], { count: number; paths: Set<string> }>();
	total = 0;

	add({ code, path }: Finding): void {
		this.total++;
		const same = this.#byCode.get(code) ?? { count: 0, paths: new Set() };
		same.count++;
		if (same.paths.size < NAMED) same.paths.add(excerpt(path));
		this.#byCode.set(code, same);
	}

	warn({ warnings }: Work): void {
		for (const [code, { count, paths }] of this.#byCode) {
			warnings.push({ code, message: SUMMARY[code] ?? code, count, details: { paths: [...paths] } });
		}
	}
}

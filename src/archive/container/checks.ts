/** The checks of a container, in the order in which they run. What they refuse is REFUSALS 1 to 17h. */
import type { Limits } from '../../../schemas/config.ts';
import type { FileBytes } from './bytes.ts';
import { checkDuplicates } from './duplicates.ts';
import { checkFeatures } from './features.ts';
import { checkHeaderAgreement } from './header-agreement.ts';
import { checkHiddenEntries } from './hidden-entries.ts';
import { checkGaps, checkOverlaps } from './layout.ts';
import { checkNames } from './names.ts';
import { checkSizes } from './sizes.ts';
import { checkSpecialFiles } from './special-files.ts';
import type { Directory } from './structures.ts';

type Check = (directory: Directory, file: FileBytes, limits: Limits) => void;

const CONTAINER_CHECKS: readonly Check[] = [
	checkNames,
	checkSpecialFiles,
	checkDuplicates,
	checkFeatures,
	checkOverlaps,
	checkHeaderAgreement,
	checkGaps,
	(directory, _file, limits) => checkSizes(directory, limits.maxContentBytes),
	checkHiddenEntries,
];

/** Runs every check; the first that refuses throws. Nothing has been inflated yet. */
export function checkContainer(directory: Directory, file: FileBytes, limits: Limits): void {
	for (const check of CONTAINER_CHECKS) check(directory, file, limits);
}

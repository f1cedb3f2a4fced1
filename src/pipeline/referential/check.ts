import type { DssError } from '../../errors.ts';
import type { Workspace } from '../../store/port.ts';

/** A check of the whole: SQL over the staged records (REFUSALS 32 to 36). */
export interface ReferentialCheck {
	readonly id: string;
	/** Whether `references=warn` turns what it finds into warnings. */
	readonly lenient: boolean;
	/** Reports each thing that points nowhere, wrongly, or twice. */
	run(workspace: Workspace, report: (error: DssError) => void): Promise<void>;
}

/**
 * That two themes can be active together: `a` is the theme that a reference stands in, `b` the one it leads to. Of a
 * group only one theme is active at a time (FORMAT, "theme"); a theme without a group always is. A theme that is not
 * there hinders nothing: another check tells of it.
 */
export const ACTIVE_TOGETHER = `
  (a.uuid = b.uuid OR a.theme_group IS NULL OR b.theme_group IS NULL OR a.theme_group <> b.theme_group)`;

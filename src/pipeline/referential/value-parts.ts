import { isTokenType } from '../../../schemas/dtcg-values.ts';
import { errors } from '../../errors.ts';
import { isJsonObject } from '../../records/json.ts';
import { parsePointer, valueAt } from '../../records/pointer.ts';
import { aliasPath, pointerTarget } from '../../records/references.ts';
import { valueFault } from '../../records/values.ts';
import type { Workspace } from '../../store/port.ts';
import { ACTIVE_TOGETHER, type ReferentialCheck } from './check.ts';

const WITH_PARTS = `
  SELECT DISTINCT t.uuid, t.name, t.type, t.theme, t.line
  FROM temp.staged_references AS r
  JOIN temp.staged AS t ON t.kind = 2 AND t.uuid = r.uuid
  WHERE r.kind = 2 AND r.part IS NOT NULL`;

const TARGET = `
  SELECT u.line
  FROM temp.staged AS u INDEXED BY staged_by_name
  LEFT JOIN temp.staged AS a ON a.kind = 1 AND a.uuid = :theme
  LEFT JOIN temp.staged AS b ON b.kind = 1 AND b.uuid = u.theme
  WHERE u.kind = 2 AND u.name = :path AND (a.uuid IS NULL OR b.uuid IS NULL OR ${ACTIVE_TOGETHER})
  ORDER BY u.theme = :theme DESC, b.theme_order DESC, u.uuid
  LIMIT 1`;

/** Steps that a reference may take before it is given up: circles are another check's matter. */
const MAX_STEPS = 64;

class Nowhere extends Error {}

/**
 * REFUSALS 33 and 35 for references to a part of a value (DTCG Format 2025.10 §7.3): the part is there, and the value
 * that it completes is one of its type. Pointers are rare, so this is done a token at a time.
 */
export const valueParts: ReferentialCheck = {
	id: 'value-parts',
	lenient: true,
	async run(workspace, report) {
		for (const { uuid, name, type, theme, line } of await workspace.select(WITH_PARTS)) {
			const at = { uuid: String(uuid), path: String(name) };
			try {
				const whole = await resolved(workspace, String(theme), tokenValue(String(line)), 0);
				const known = typeof type === 'string' ? type : undefined;
				const fault = isTokenType(known) && aliasOnly(whole) === null ? valueFault(known, whole) : null;
				if (fault !== null) {
					const reason = `with what it refers to, it is ${fault.reason}`;
					report(
						errors.referenceType({ ...at, reason, pointer: `/value${fault.pointer}`, rule: fault.rule }),
					);
				}
			} catch (error) {
				if (!(error instanceof Nowhere)) throw error;
				report(errors.danglingReference({ ...at, reason: error.message }));
			}
		}
	},
};

/** A value with every pointer in it replaced by what it leads to. */
async function resolved(
	workspace: Workspace,
	theme: string,
	value: unknown,
	steps: number,
): Promise<unknown> {
	if (steps > MAX_STEPS) throw new Nowhere('its references take too many steps');
	if (Array.isArray(value)) {
		return Promise.all(value.map((item) => resolved(workspace, theme, item, steps + 1)));
	}
	if (!isJsonObject(value)) return value;
	const ref = value['$ref'];
	if (typeof ref === 'string') return follow(workspace, theme, ref, steps);
	const members = Object.entries(value).map(
		async ([member, part]) => [member, await resolved(workspace, theme, part, steps + 1)] as const,
	);
	return Object.fromEntries(await Promise.all(members));
}

async function follow(workspace: Workspace, theme: string, ref: string, steps: number): Promise<unknown> {
	const target = pointerTarget(ref);
	if (target === null) throw new Nowhere(`${ref} leads to no token's value`);
	let value = await targetValue(workspace, theme, target.path, ref);
	for (let hop = 0; hop < MAX_STEPS; hop++) {
		const path = aliasOnly(value);
		if (path === null) break;
		value = await targetValue(workspace, theme, path, ref);
	}
	// What the pointer passes through may itself be a pointer.
	const whole = target.part === null ? value : await resolved(workspace, theme, value, steps + 1);
	const part = target.part === null ? whole : valueAt(whole, parsePointer(target.part) ?? []);
	if (part === undefined) throw new Nowhere(`${ref} leads to a part that is not there`);
	return resolved(workspace, theme, part, steps + 1);
}

async function targetValue(workspace: Workspace, theme: string, path: string, ref: string): Promise<unknown> {
	const [row] = await workspace.select(TARGET, { theme, path });
	if (row === undefined) throw new Nowhere(`${ref} leads to the token {${path}}, which is not there`);
	return tokenValue(String(row['line']));
}

function aliasOnly(value: unknown): string | null {
	return typeof value === 'string' ? aliasPath(value) : null;
}

function tokenValue(line: string): unknown {
	const record: unknown = JSON.parse(line);
	return isJsonObject(record) ? record['value'] : undefined;
}

import type { Problem } from '../../schemas/problem.ts';
import { bytesOf, type DssError, firstFaults, MAX_PROBLEM_BYTES } from '../errors.ts';

/** What the names and the number of the faults take. */
const NAMES_BYTES = 100;

/**
 * An error as a problem document (RFC 9457 §3.1, our members by §3.2). Its faults are cut so that it has 64 KB at most;
 * `errors_total` counts them all. (A page of conflicts has a bound of its own.)
 */
export function toProblem(error: DssError, requestId: string): Problem {
	const { spec, stage, faults, faultsTotal, details } = error;
	const problem = {
		type: `urn:dss:problem:${spec.code}`,
		title: spec.title,
		status: spec.status,
		detail: error.message,
		instance: `urn:dss:request:${requestId}`,
		code: spec.code,
		...(stage === undefined ? {} : { stage }),
		...(Object.keys(details).length === 0 ? {} : { details }),
	};
	if (stage === undefined) return problem;
	const all = faults ?? [{ stage, code: spec.code, message: error.message, details }];
	const left = MAX_PROBLEM_BYTES - bytesOf(problem) - NAMES_BYTES;
	return { ...problem, errors: firstFaults(all, left), errors_total: faultsTotal ?? 1 };
}

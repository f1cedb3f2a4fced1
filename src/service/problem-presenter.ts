import type { Problem } from '../../schemas/problem.ts';
import { bytesOf, type DssError, detailsWithin, firstFaults, MAX_PROBLEM_BYTES } from '../errors.ts';

/** What the names of further members, and the number of the faults, take. */
const NAMES_BYTES = 200;

/**
 * An error as a problem document (RFC 9457 §3.1, our members by §3.2). Its lists are cut so that it has 64 KB at most:
 * those in its details, and its faults, which `errors_total` counts all.
 */
export function toProblem(error: DssError, requestId: string): Problem {
	const { spec, stage, faults, faultsTotal } = error;
	const head = {
		type: `urn:dss:problem:${spec.code}`,
		title: spec.title,
		status: spec.status,
		detail: error.message,
		instance: `urn:dss:request:${requestId}`,
		code: spec.code,
		...(stage === undefined ? {} : { stage }),
	};
	const room = MAX_PROBLEM_BYTES - bytesOf(head) - NAMES_BYTES;
	// A single fault repeats message and details.
	const share = stage === undefined ? room : (room - bytesOf(error.message) - NAMES_BYTES) / 2;
	const details = detailsWithin(error.details, share);
	const problem = { ...head, ...(Object.keys(details).length === 0 ? {} : { details }) };
	if (stage === undefined) return problem;
	const all = faults ?? [{ stage, code: spec.code, message: error.message, details }];
	const left = MAX_PROBLEM_BYTES - bytesOf(problem) - NAMES_BYTES;
	return { ...problem, errors: firstFaults(all, left), errors_total: faultsTotal ?? 1 };
}

import type { Problem } from '../../schemas/problem.ts';
import type { DssError } from '../errors.ts';

/** An error as a problem document (RFC 9457 §3.1, our members by §3.2). */
export function toProblem(error: DssError, requestId: string): Problem {
	const { spec, stage, faults, faultsTotal, details } = error;
	return {
		type: `urn:dss:problem:${spec.code}`,
		title: spec.title,
		status: spec.status,
		detail: error.message,
		instance: `urn:dss:request:${requestId}`,
		code: spec.code,
		...(stage === undefined ? {} : { stage }),
		...(Object.keys(details).length === 0 ? {} : { details }),
		...(stage === undefined
			? {}
			: {
					errors: faults ?? [{ stage, code: spec.code, message: error.message, details }],
					errors_total: faultsTotal ?? 1,
				}),
	};
}

/** What an error of DSS is, how one is defined, and how it crosses a thread. The catalogue: `../errors.ts`. */
import type { Fault, Stage } from '../../schemas/problem.ts';
import { boundedDetails, bytesOf, detailsWithin, firstFaults, MAX_PROBLEM_BYTES } from './bounded.ts';

/** What `dss_security_alerts_total` counts by (REFUSALS). */
export const ALERT_TYPES = ['zip_slip', 'special_file', 'parser_confusion', 'zip_bomb', 'integrity'] as const;
export type AlertType = (typeof ALERT_TYPES)[number];

export interface ErrorSpec {
	readonly code: string;
	readonly status: number;
	readonly title: string;
	readonly alert?: AlertType;
}

type Details = Record<string, unknown>;

/** An error for the caller: what, where, and what to do. `cause` is for the operator and never shown. */
export class DssError extends Error {
	override readonly name = 'DssError';
	readonly spec: ErrorSpec;
	/** A plain property: Fastify writes it back when a validator answers this error. */
	readonly code: string;
	readonly details: Details;
	/** Set by the pipeline: the stage that refused. */
	stage: Stage | undefined;
	/** Set where a stage found more than one fault. */
	faults: Fault[] | undefined;
	faultsTotal: number | undefined;

	constructor(spec: ErrorSpec, message: string, details: Details, cause?: unknown) {
		super(message, cause === undefined ? undefined : { cause });
		this.spec = spec;
		this.code = spec.code;
		this.details = details;
	}

	/** Seconds after which the caller may try again, where that helps. */
	get retryAfter(): number | undefined {
		const seconds = this.details['retry_after'];
		return typeof seconds === 'number' ? seconds : undefined;
	}
}

export interface ErrorFactory<D> {
	(details: D, cause?: unknown): DssError;
	readonly spec: ErrorSpec;
}

/** Defines an error of the catalogue. What it repeats of a caller's is cut before its message is written. */
export function define<D extends object>(
	code: string,
	status: number,
	title: string,
	message: (details: D) => string,
	alert?: AlertType,
): ErrorFactory<D> {
	const spec: ErrorSpec = alert === undefined ? { code, status, title } : { code, status, title, alert };
	const make = (given: D, cause?: unknown) => {
		const details = boundedDetails(given);
		return new DssError(spec, message(details), Object.fromEntries(Object.entries(details)), cause);
	};
	return Object.assign(make, { spec });
}

/** A fault at a place of an archive; `reason` is a clause that can end a sentence. */
export interface At {
	readonly reason: string;
	readonly entry?: string;
	readonly line?: number;
	/** The place in an array of records, from 1. */
	readonly item?: number;
	readonly uuid?: string;
	readonly path?: string;
	readonly pointer?: string;
	readonly type?: string;
	readonly rule?: string;
}
/** Where and what, as a sentence. */
export const faultAt = ({ reason, entry, line, item, path, pointer }: At) => {
	const where = [
		entry,
		line === undefined ? undefined : `line ${line}`,
		item === undefined ? undefined : `item ${item}`,
		path === undefined ? undefined : `"${path}"`,
		pointer || undefined,
	].filter((part) => part !== undefined);
	return where.length === 0 ? `${capital(reason)}.` : `${where.join(', ')}: ${reason}.`;
};
export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** A limit that was passed; `limit` is a clause that can begin a sentence. */
export interface Limit {
	readonly limit: string;
	readonly value: number;
	readonly setting: string;
	readonly actual?: number;
}
export const overLimit = (d: Limit) =>
	`${capital(d.limit)} ${d.actual === undefined ? 'is' : `is ${d.actual},`} over the limit of ${d.value}. The operator can raise it with ${d.setting}.`;

/** Characters of a cause that are stored. */
const MAX_CAUSE = 4_000;

/** An error as data: what survives a structured clone on its way between threads. */
export interface ErrorData {
	readonly spec: ErrorSpec;
	readonly message: string;
	readonly details: Details;
	readonly stage: Stage | undefined;
	readonly faults: Fault[] | undefined;
	readonly faultsTotal: number | undefined;
	readonly cause: string | undefined;
}

/** Takes an error apart for the way to another thread. */
export function toErrorData(error: DssError): ErrorData {
	const { spec, message, details, stage, faults, faultsTotal } = error;
	const cause = error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : undefined;
	return { spec, message, details, stage, faults, faultsTotal, cause };
}

/** The same as it is stored: faults and lists are cut so that it has 64 KB at most. */
export function toStoredError(error: DssError): ErrorData {
	const { faults, details, cause, ...rest } = toErrorData(error);
	const data = {
		...rest,
		details: detailsWithin(details, MAX_PROBLEM_BYTES / 2),
		cause: cause?.slice(0, MAX_CAUSE),
	};
	const left = MAX_PROBLEM_BYTES - bytesOf(data);
	return { ...data, faults: faults && firstFaults(faults, left) };
}

/** Rebuilds an error that came from another thread. */
export function fromErrorData(data: ErrorData): DssError {
	const cause = data.cause === undefined ? undefined : new Error(data.cause);
	const error = new DssError(data.spec, data.message, data.details, cause);
	error.stage = data.stage;
	error.faults = data.faults;
	error.faultsTotal = data.faultsTotal;
	return error;
}

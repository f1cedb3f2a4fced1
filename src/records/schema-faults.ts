/** What a schema's check finds wrong, in words for a caller. */

/** The part of TypeBox's errors that is told. */
interface SchemaError {
	readonly keyword: string;
	readonly instancePath: string;
	readonly message: string;
	readonly params: object;
}

export interface SchemaFault {
	/** Where, as a JSON Pointer. */
	readonly pointer: string;
	/** What must be otherwise: a clause. */
	readonly reason: string;
}

/** The fault to tell of first. */
export function firstFault(errors: readonly SchemaError[]): SchemaFault {
	return told(telling(errors)[0]);
}

/** The fault that lies deepest: where alternatives fail, those above it only say that none of them fits. */
export function deepestFault(errors: readonly SchemaError[]): SchemaFault {
	const [first, ...others] = telling(errors);
	return told(
		others.reduce(
			(best, error) => (error.instancePath.length > (best?.instancePath.length ?? 0) ? error : best),
			first,
		),
	);
}

/** "Schema is false" repeats in worse words what stands beside it; it is told only where nothing else is. */
function telling(errors: readonly SchemaError[]): readonly SchemaError[] {
	const others = errors.filter(({ keyword }) => keyword !== 'boolean');
	return others.length === 0 ? errors : others;
}

function told(error: SchemaError | undefined): SchemaFault {
	if (error === undefined) return { pointer: '', reason: 'does not fit its schema' };
	const { params } = error;
	const unknown =
		'additionalProperties' in params && Array.isArray(params.additionalProperties)
			? `: ${params.additionalProperties.join(', ')}`
			: '';
	const allowed = 'allowedValues' in params ? `: ${String(params.allowedValues).replaceAll(',', ', ')}` : '';
	return { pointer: error.instancePath, reason: `${error.message}${unknown}${allowed}` };
}

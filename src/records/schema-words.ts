/** What a schema asks for, in the words of a problem document. */
import { Name, Sha256, Timestamp, Uuid } from '../../schemas/common.ts';

/** The part of TypeBox's errors that is reported. */
export interface SchemaError {
	readonly keyword: string;
	readonly instancePath: string;
	readonly message: string;
	readonly params: object;
}

const patternOf = (schema: object): unknown => ('pattern' in schema ? schema.pattern : undefined);

/** Patterns that say in words what they want; a regular expression is for programs. */
const PATTERNS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
	[patternOf(Uuid), 'must be a UUID in lower case, such as 0b9f6f3e-2f5c-4a43-9c56-0a5c8d3f7a10'],
	[patternOf(Timestamp), 'must be a time in UTC (RFC 3339), such as 2026-11-21T09:30:00.000Z'],
	[patternOf(Sha256), 'must be a SHA-256 in lower-case hex'],
	[
		patternOf(Name),
		'must not be blank, nor hold control characters, marks that override the direction of reading, or lone surrogates',
	],
	['^https?://', 'must begin with http:// or https://'],
]);

/** Types that text can stand for. */
const TYPES: Readonly<Record<string, string>> = {
	integer: 'must be a whole number',
	boolean: 'must be true or false',
};

/** What must be otherwise: a clause that begins with its verb. It names what is allowed. */
export function wordsOf({ keyword, message, params }: SchemaError): string {
	switch (keyword) {
		case 'enum':
			return 'allowedValues' in params ? `must be one of: ${listed(params.allowedValues)}` : message;
		case 'const':
			return 'allowedValue' in params ? `must be ${JSON.stringify(params.allowedValue)}` : message;
		case 'minimum':
			return 'limit' in params ? `must be at least ${String(params.limit)}` : message;
		case 'maximum':
			return 'limit' in params ? `must be at most ${String(params.limit)}` : message;
		case 'pattern':
			return ('pattern' in params && PATTERNS.get(params.pattern)) || message;
		case 'type':
			return ('type' in params && TYPES[String(params.type)]) || message;
		default:
			return message;
	}
}

function listed(values: unknown): string {
	return Array.isArray(values) ? values.map(String).join(', ') : String(values);
}

/** Random changes of a good archive: flip, cut, insert, swap, and splicing with another (fast-check gives the choices). */
import fc from 'fast-check';

export type Mutation =
	| { readonly kind: 'flip'; readonly at: number; readonly bits: number }
	| { readonly kind: 'cut'; readonly from: number; readonly length: number }
	| { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array }
	| { readonly kind: 'swap'; readonly one: number; readonly other: number; readonly length: number }
	| { readonly kind: 'splice'; readonly at: number; readonly otherAt: number };

/** Places are fractions of the length, so that a mutation fits any archive. */
const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
	{
		weight: 4,
		arbitrary: fc.record({
			kind: fc.constant('flip' as const),
			at: place,
			bits: fc.integer({ min: 1, max: 255 }),
		}),
	},
	fc.record({ kind: fc.constant('cut' as const), from: place, length: fc.integer({ min: 1, max: 200 }) }),
	fc.record({
		kind: fc.constant('insert' as const),
		at: place,
		bytes: fc.uint8Array({ minLength: 1, maxLength: 50 }),
	}),
	fc.record({
		kind: fc.constant('swap' as const),
		one: place,
		other: place,
		length: fc.integer({ min: 1, max: 60 }),
	}),
	fc.record({ kind: fc.constant('splice' as const), at: place, otherAt: place }),
);

/** Changes an archive; `other` is what it is spliced with. */
export function mutate(archive: Buffer, other: Buffer, mutations: readonly Mutation[]): Buffer {
	return mutations.reduce((bytes, step) => apply(bytes, other, step), archive);
}

function apply(bytes: Buffer, other: Buffer, step: Mutation): Buffer {
	const at = (fraction: number) => Math.floor(fraction * bytes.length);
	switch (step.kind) {
		case 'flip': {
			const copy = Buffer.from(bytes);
			const index = at(step.at);
			copy[index] = (copy[index] ?? 0) ^ step.bits;
			return copy;
		}
		case 'cut':
			return Buffer.concat([bytes.subarray(0, at(step.from)), bytes.subarray(at(step.from) + step.length)]);
		case 'insert':
			return Buffer.concat([bytes.subarray(0, at(step.at)), step.bytes, bytes.subarray(at(step.at))]);
		case 'swap': {
			const copy = Buffer.from(bytes);
			bytes.copy(copy, at(step.one), at(step.other), at(step.other) + step.length);
			bytes.copy(copy, at(step.other), at(step.one), at(step.one) + step.length);
			return copy;
		}
		case 'splice':
			return Buffer.concat([
				bytes.subarray(0, at(step.at)),
				other.subarray(Math.floor(step.otherAt * other.length)),
			]);
	}
}

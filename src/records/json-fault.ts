/** Why a JSON text is refused. */
export type FaultKind =
	/** It breaks the grammar of RFC 8259. */
	| 'syntax'
	/** Two readers could understand it differently: a doubled or dangerous member name, a lone surrogate. */
	| 'ambiguous'
	/** A number that a double does not hold, or one that is too long. */
	| 'number'
	/** Nested too deeply. */
	| 'depth'
	/** More design tokens than may be read. */
	| 'tokens'
	/** More groups than a file of so many tokens has. */
	| 'groups'
	/** More values than a file of so many tokens has. */
	| 'values';

/** A JSON text that is refused. */
export class JsonFault extends Error {
	override readonly name = 'JsonFault';
	readonly kind: FaultKind;
	/** How many objects and arrays are open around the fault. */
	readonly depth: number;

	/** @param reason a clause that can end a sentence */
	constructor(kind: FaultKind, reason: string, depth: number) {
		super(reason);
		this.kind = kind;
		this.depth = depth;
	}
}

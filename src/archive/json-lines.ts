/** The lines of a JSON Lines entry, from pieces of bytes: decoded strictly, bounded before they are parsed. */

/** A line as it stands in an entry; `text` is null where it cannot be read. */
export interface Line {
	/** Counted from 1. */
	readonly number: number;
	readonly text: string | null;
	/** Why there is no text. */
	readonly fault?: 'encoding' | 'length' | 'array';
}

/** Cuts an entry into the texts of its records. */
export interface Cutter {
	/** What a piece of the entry completes. */
	take(piece: Buffer): Line[];
	/** What the end of the entry completes. */
	end(): Line[];
}

const NEWLINE = 0x0a;

/**
 * Cuts pieces of bytes into lines, a batch a piece. Whole pieces are decoded at once, which is several times faster
 * than line by line; only a piece that is not UTF-8 is looked at line by line.
 */
export class LineCutter implements Cutter {
	readonly #maxBytes: number;
	readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
	#rest: Buffer[] = [];
	#restBytes = 0;
	#overlong = false;
	#number = 0;

	constructor(maxBytes: number) {
		this.#maxBytes = maxBytes;
	}

	/** The lines that a piece completes. */
	take(piece: Buffer): Line[] {
		const end = piece.lastIndexOf(NEWLINE);
		if (end === -1) {
			this.#keep(piece);
			return [];
		}
		const whole = this.#withRest(piece.subarray(0, end));
		const lines = this.#cut(whole);
		this.#keep(piece.subarray(end + 1));
		return lines;
	}

	/** What stands behind the last newline, if anything does. */
	end(): Line[] {
		return this.#restBytes === 0 && !this.#overlong ? [] : this.#cut(this.#withRest(Buffer.alloc(0)));
	}

	/** Keeps the beginning of a line; of one that is too long already, nothing but that it is. */
	#keep(bytes: Buffer): void {
		if (bytes.length === 0) return;
		this.#restBytes += bytes.length;
		if (this.#restBytes > this.#maxBytes) {
			this.#overlong = true;
			this.#rest = [];
		} else {
			// A copy: the piece's memory may be the inflater's.
			this.#rest.push(Buffer.from(bytes));
		}
	}

	#withRest(bytes: Buffer): Buffer {
		const whole = this.#rest.length === 0 ? bytes : Buffer.concat([...this.#rest, bytes]);
		this.#rest = [];
		this.#restBytes = 0;
		return whole;
	}

	#cut(whole: Buffer): Line[] {
		let begin = 0;
		const lines: Line[] = [];
		if (this.#overlong) {
			this.#overlong = false;
			lines.push({ number: ++this.#number, text: null, fault: 'length' });
			const newline = whole.indexOf(NEWLINE);
			if (newline === -1) return lines;
			begin = newline + 1;
		}
		const rest = whole.subarray(begin);
		const text = this.#decode(rest);
		if (text === null) return [...lines, ...this.#cutBytes(rest)];
		for (const line of text.split('\n')) {
			// A UTF-16 unit is at most three bytes of UTF-8: short lines need no count.
			const long = line.length * 3 > this.#maxBytes && Buffer.byteLength(line) > this.#maxBytes;
			lines.push({ number: ++this.#number, ...(long ? { text: null, fault: 'length' } : { text: line }) });
		}
		return lines;
	}

	#cutBytes(bytes: Buffer): Line[] {
		const lines: Line[] = [];
		for (let begin = 0; begin <= bytes.length; ) {
			const newline = bytes.indexOf(NEWLINE, begin);
			const end = newline === -1 ? bytes.length : newline;
			const line = bytes.subarray(begin, end);
			const text = line.length > this.#maxBytes ? null : this.#decode(line);
			const fault = line.length > this.#maxBytes ? 'length' : 'encoding';
			lines.push({ number: ++this.#number, ...(text === null ? { text, fault } : { text }) });
			begin = end + 1;
		}
		return lines;
	}

	#decode(bytes: Buffer): string | null {
		try {
			return this.#decoder.decode(bytes);
		} catch {
			return null;
		}
	}
}

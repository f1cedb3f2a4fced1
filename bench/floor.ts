/** The raw cost of the parts, in one process and without any of the service's care. */
import { hash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { Compile } from 'typebox/compile';
import { TokenLine } from '../schemas/records.ts';
import type { BenchToken } from './tokens.ts';

const check = Compile(TokenLine);

export class Floor {
	readonly #deflated: Buffer;
	readonly #folder: string;
	#db: Database.Database | undefined;

	constructor(tokens: readonly BenchToken[], folder: string) {
		this.#deflated = deflateRawSync(tokens.map(({ line }) => line).join('\n'));
		this.#folder = folder;
	}

	/** Inflate, parse JSON Lines, check by the compiled schema, SHA-256, rows with one unique index. Milliseconds. */
	import(): number {
		const file = join(this.#folder, 'floor.db');
		this.#db?.close();
		for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
		const db = new Database(file);
		this.#db = db;
		db.pragma('journal_mode = WAL');
		db.pragma('synchronous = NORMAL');
		db.exec('CREATE TABLE tokens (id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, hash TEXT, line TEXT)');
		const insert = db.prepare('INSERT INTO tokens (uuid, hash, line) VALUES (?, ?, ?)');
		const begun = performance.now();
		db.transaction(() => {
			for (const line of inflateRawSync(this.#deflated).toString().split('\n')) {
				const token: unknown = JSON.parse(line);
				if (!check.Check(token)) throw new Error('a bench token is not a token');
				insert.run(token.uuid, hash('sha256', line, 'hex'), line);
			}
		})();
		return performance.now() - begun;
	}

	/** Rows out of SQLite through deflate. Milliseconds. */
	export(): number {
		const begun = performance.now();
		const lines = this.#db?.prepare('SELECT line FROM tokens ORDER BY uuid').pluck().all() ?? [];
		deflateRawSync(lines.join('\n'));
		return performance.now() - begun;
	}

	close(): void {
		this.#db?.close();
	}
}

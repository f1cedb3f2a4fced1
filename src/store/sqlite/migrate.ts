import { readdirSync, readFileSync } from 'node:fs';
import { type Connection, translated } from '../../sqlite/connection.ts';

const FOLDER = new URL('./migrations/', import.meta.url);

/**
 * Brings the database to the newest schema: numbered files, each applied once in its own transaction, never edited
 * after it landed. `user_version` holds the number of the last one applied.
 *
 * @throws {Error} if the database was written by a newer DSS.
 */
export function migrate(db: Connection): void {
	const files = readdirSync(FOLDER)
		.filter((name) => /^\d{4}-[a-z-]+\.sql$/.test(name))
		.sort();
	translated(() => {
		// The pragma answers one integer.
		const done = db.pragma('user_version', { simple: true }) as number;
		if (done > files.length) {
			throw new Error(
				`the data folder is of a newer DSS (schema ${done}, this one knows ${files.length}); update DSS`,
			);
		}
		files.slice(done).forEach((file, index) => {
			const sql = readFileSync(new URL(file, FOLDER), 'utf8');
			db.transaction(() => {
				db.exec(sql);
				db.pragma(`user_version = ${done + index + 1}`);
			}).immediate();
		});
	});
}

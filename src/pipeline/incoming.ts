/** What stages structure and before leave behind: an upload understood and staged, not yet compared with a project. */
import type { Origin } from '../../schemas/manifest.ts';
import type { Counts } from '../records/counts.ts';
import type { Scope } from '../records/staged-record.ts';
import type { Filling } from '../staging/port.ts';

export interface Incoming {
	readonly format: 'dss' | 'dtcg';
	/** The version of the archive, or of the foreign format. */
	readonly schemaVersion: string;
	/** The migrations that were made on the way in. */
	readonly migrations: readonly string[];
	/** The project that the records are staged for. */
	readonly projectUuid: string;
	/** What the upload says of the project; a foreign file says no more than a name. */
	readonly properties: {
		readonly name: string;
		readonly description: string | null;
		readonly metadata: string | null;
		readonly createdAt: string | null;
		readonly updatedAt: string | null;
	};
	/** Where an archive comes from, and of which project it is a state; null for a foreign file, and for a copy. */
	readonly origin: (Origin & { readonly project: string }) | null;
	/** Whether its records have Lamport versions of their own. */
	readonly hasVersions: boolean;
	/** Which records of the project the staged ones stand for. */
	readonly scope: Scope;
	/** The staged records, and how many there are. */
	readonly filling: Filling;
	readonly counts: Counts;
	/** How strictly references are held. */
	readonly references: 'strict' | 'warn';
}

/** How an upload is to be read. */
export interface UploadOptions {
	/** The spooled file. */
	readonly path: string;
	/** What the client says it is; `unknown` where it is to be seen from the bytes. */
	readonly mediaType: 'archive' | 'json' | 'unknown';
	/** The client's file name, for naming a project only; never a path. */
	readonly fileName: string | null;
	/** A project's uuid, `new` for a copy under fresh uuids, or null: as the upload says. */
	readonly projectId: string | null;
	/** The uuid of a project that the upload makes: chosen beforehand, so that doing it again makes no second one. */
	readonly freshUuid: string;
	readonly name: string | null;
	readonly references: 'strict' | 'warn' | null;
	readonly values: 'keep' | 'strict';
}

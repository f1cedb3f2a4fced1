/** The manifest of versions 1.0 and 1.1: no list of files, no digests, no counts. */
import { Compile } from 'typebox/compile';
import { OlderManifest } from '../../schemas/manifest.ts';
import { errors } from '../errors.ts';
import type { Json, JsonObject } from '../records/json.ts';
import { firstFault } from '../records/schema-faults.ts';
import { checkExportHash, MANIFEST_NAME } from './manifest.ts';

const compiled = Compile(OlderManifest);

/** The project of an older archive. */
export interface OlderProject {
	readonly uuid: string;
	readonly name: string;
	readonly description: string | null;
	/** When it was exported; null where it does not say. */
	readonly exportedAt: string | null;
}

/**
 * Reads an older manifest. 1.1 carries an `exportHash`, and must.
 *
 * @throws {DssError} manifest_invalid, integrity_failed
 */
export function checkOlderManifest(object: JsonObject): OlderProject {
	checkExportHash(object);
	const manifest: unknown = { ...object, project: projectOf(object) };
	if (!compiled.Check(manifest)) {
		throw errors.manifestInvalid({ entry: MANIFEST_NAME, ...firstFault(compiled, manifest) });
	}
	if (manifest.schemaVersion === '1.1' && manifest.exportHash === undefined) {
		throw errors.manifestInvalid({
			entry: MANIFEST_NAME,
			reason: 'an archive of 1.1 must carry an exportHash',
		});
	}
	const { project } = manifest;
	const exportedAt = manifest.exportedAt ?? manifest.exported_at ?? null;
	return { uuid: project.uuid, name: project.name, description: project.description ?? null, exportedAt };
}

/** The format asks for the project's name and uuid in no particular form: all forms that are in use are read. */
function projectOf({ project, project_uuid, project_name, projectUuid, projectName }: JsonObject): Json {
	if (project !== undefined) return project;
	return { uuid: projectUuid ?? project_uuid ?? null, name: projectName ?? project_name ?? null };
}

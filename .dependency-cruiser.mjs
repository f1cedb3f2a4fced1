/**
 * The layers, as docs/architecture.md draws them: what may import what. `npm run check` holds them, type-only imports
 * included. A rule's comment is printed with each import that it refuses. test/layers.test.ts sees every rule refuse.
 */

/** A regular expression for packages, wherever node_modules lies. */
const packages = (...names) => `node_modules/(${names.join('|')})/`;

/** The folders that everybody under `service` may stand on. */
const GROUND = ['^src/(records|causality)/', '^src/errors(\\.ts$|/)'];
/** The folder that `from` captured. */
const ITSELF = '^src/$1/';

/** A rule that forbids imports. */
const refuse = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

export default {
	forbidden: [
		refuse(
			'no-circles',
			'Files that import each other in a circle can only be understood, loaded and tested together.',
			{},
			{ circular: true },
		),
		refuse(
			'schemas-and-errors-see-nobody',
			'Everybody imports schemas and errors; an import from there would tie everybody to it.',
			{ path: '^(schemas/|src/errors(\\.ts$|/))' },
			{ path: '^(src|routes|openapi)/', pathNot: '^src/errors(\\.ts$|/)' },
		),
		refuse(
			'records-stand-under-all',
			'What a record is must not depend on where it comes from or where it is kept.',
			{ path: '^src/(records|causality)/' },
			{ path: '^(src|routes)/', pathNot: GROUND },
		),
		refuse(
			'neighbours-do-not-know-each-other',
			'archive, interop, staging and spool are joined by what stands above them, so that each can be replaced alone.',
			{ path: '^src/(archive|interop|staging|spool)/' },
			{ path: '^(src|routes)/', pathNot: [ITSELF, ...GROUND, '^src/sqlite/'] },
		),
		refuse(
			'a-store-knows-no-neighbour-but-staging',
			'A store keeps revisions and fills a staging; archives, formats and work are nothing to it.',
			{ path: '^src/store/' },
			{ path: '^(src|routes)/', pathNot: [...GROUND, '^src/(store|staging|sqlite)/'] },
		),
		refuse(
			'pipeline-joins-its-neighbours',
			'Archives and formats have one way in, the pipeline: a second one would skip its checks.',
			{
				path: '^(src|routes)/',
				pathNot: '^src/((pipeline|compose|archive|interop|staging|store)/|workers/serve\\.ts$)',
			},
			{ path: '^src/(archive|interop|staging)/' },
		),
		refuse(
			'pipeline-knows-nobody-above',
			'A stage runs the same in a request, a job and a test, so it knows none of them.',
			{ path: '^src/pipeline/' },
			{
				path: '^(src|routes)/',
				pathNot: [...GROUND, '^src/(pipeline|archive|interop|staging|store)/'],
			},
		),
		refuse(
			'workers-jobs-webhooks-know-nobody-above',
			'They are what service stands on: an import upwards is a circle of folders.',
			{ path: '^src/(workers|jobs|webhooks|sqlite)/' },
			{ path: '^(src/(service|plugins)|routes)/' },
		),
		refuse(
			'service-stands-on-pipeline-and-ports',
			'Services decide who works and what becomes a job; they get their adapters from compose.',
			{ path: '^src/service/' },
			{
				path: '^(src|routes)/',
				pathNot: [...GROUND, '^src/(service|pipeline|store|spool|jobs|workers|webhooks)/'],
			},
		),
		refuse(
			'routes-call-service',
			'A route checks its input, calls a service and answers; whatever it did besides would have two homes.',
			{ path: '^routes/' },
			{ path: '^src/', pathNot: ['^src/service/', ...GROUND] },
		),
		refuse(
			'routes-touch-no-file',
			'Files have names, quotas and owners, which the spool knows and a handler does not.',
			{ path: '^routes/' },
			{ path: '^(node:)?fs(/|$)', dependencyTypes: ['core'] },
		),
		refuse(
			'resources-do-not-import-each-other',
			'A resource can be changed or removed alone; what uploads share is the index of routes/uploads.',
			{ path: '^routes/([^/]+)/' },
			{ path: '^routes/[^/]+/', pathNot: ['^routes/$1/', '^routes/uploads/index\\.ts$'] },
		),
		refuse(
			'http-stays-at-the-top',
			'Whatever knows HTTP cannot run in a worker, a job or the command line.',
			{ path: '^(src|schemas)/', pathNot: '^src/(plugins/|(app|run-service)\\.ts$)' },
			{ path: [packages('fastify', 'fastify-plugin', '@fastify'), '^routes/'] },
		),
		refuse(
			'sql-in-its-folders-only',
			'Statements stand where their tables and indexes are known: staging, store, jobs, and the connection itself.',
			{ path: '^(src|routes|schemas)/', pathNot: '^src/(sqlite|staging|store|jobs)/' },
			{ path: packages('better-sqlite3') },
		),
		refuse(
			'zip-in-archive-only',
			'Every byte of an upload passes the container checks of archive; a second reader would see past them.',
			{ path: '^(src|routes|schemas)/', pathNot: '^src/archive/' },
			{ path: packages('yauzl', 'yazl', 'jszip') },
		),
		refuse(
			'compose-chooses-adapters',
			'Who names an adapter cannot be given another one: only src/compose makes them.',
			{ path: '^(src|routes)/', pathNot: '^src/(compose/|[^/]+/sqlite/|sqlite/|staging/|workers/)' },
			{ path: '^src/([^/]+/sqlite/|sqlite/|workers/(pool|serve)\\.ts$)' },
		),
		refuse(
			'the-top-is-imported-by-nobody',
			'app, compose, config and main make the service out of its parts; a part that imports them is a circle.',
			{
				path: '^(src|routes|schemas)/',
				pathNot: '^src/((main|run-service|app)\\.ts|start\\.js|compose/|config)',
			},
			{ path: '^src/(app|main|run-service|config|shutdown)\\.ts$|^src/(compose|config)/' },
		),
		refuse(
			'product-knows-no-tests',
			'What runs for users must not change with what tests it.',
			{ path: '^(src|routes|schemas)/' },
			{ path: '^(test|bench|openapi)/' },
		),
		refuse(
			'acceptance-knows-http-only',
			'Black-box tests hold what callers see, so that everything inside can be rebuilt under them.',
			{ path: '^test/acceptance/' },
			{ path: '^(src|routes|schemas)/', reachable: true },
		),
	],
	options: {
		tsPreCompilationDeps: true,
		tsConfig: { fileName: 'tsconfig.json' },
		doNotFollow: { path: 'node_modules' },
	},
};

// Plain JavaScript that any Node can read: an older one gets this line instead of a stack trace.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
	console.error(
		`DSS needs Node 24 or newer, and this is Node ${process.versions.node}. On Linux (x64, arm64) "npm ci" brings it; run through npm: "npm start". Elsewhere install Node 24 (https://nodejs.org).`,
	);
	process.exit(1);
}

// The process entry: looks at the version of Node before any TypeScript is read.
import './node-version.js';

await import('./main.ts');

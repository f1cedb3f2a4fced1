/** The service as `main.ts` starts it, on worker threads of `looping-worker.ts`. */
import { pino } from 'pino';
import { buildApp } from '../../src/app.ts';
import { compose } from '../../src/compose/service.ts';
import { readConfig } from '../../src/config.ts';
import { runService } from '../../src/run-service.ts';

// A test that was ended leaves no process behind.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

const config = readConfig(process.env);
const destination = pino.destination({ fd: 1, sync: false });
const logger = pino({ level: 'info' }, destination);
const composition = await compose(config, '0.0.0', logger, {
	worker: new URL('./looping-worker.ts', import.meta.url),
	queue: new URL('../../src/compose/queue-thread.ts', import.meta.url),
});
const app = await buildApp({ ...composition, config, version: '0.0.0', logger });
await runService(app, composition, config, () => destination.flushSync());

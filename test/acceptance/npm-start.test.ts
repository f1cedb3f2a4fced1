import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'tap';
import { OUR_ENVIRONMENT } from '../support/service.ts';

test('SIGTERM to npm start reaches the service, which ends in order', async (t) => {
	const npm = spawn('npm', ['start'], {
		env: { ...OUR_ENVIRONMENT, DSS_PORT: '0', DSS_DATA_DIR: t.testdir() },
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const lines = createInterface({ input: npm.stdout });
	const ended = once(npm, 'exit');
	// The output is closed when no process holds it any more.
	const closed = once(lines, 'close');
	const messages: string[] = [];
	const listening = Promise.withResolvers<number>();
	lines.on('line', (line) => {
		if (!line.startsWith('{')) return;
		const { msg, pid } = JSON.parse(line);
		messages.push(msg);
		if (msg.startsWith('Server listening')) listening.resolve(pid);
	});
	const pid = await Promise.race([listening.promise, ended.then(() => npm.pid ?? 0)]);
	t.not(pid, npm.pid, 'the service is a process below npm');
	t.teardown(() => isRunning(pid) && process.kill(pid, 'SIGKILL'));
	npm.kill('SIGTERM');
	await Promise.all([ended, closed]);
	t.strictSame(messages.slice(-2), ['stopping', 'stopped']);
});

function isRunning(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
}

import t from 'tap';
import { isAddress, isLoopback, isWildcard, withoutRootDot } from '../src/addresses.ts';

t.test('loopback is this machine alone, in whatever form it is written', async (t) => {
	for (const host of [
		'127.0.0.1',
		'127.9.9.9',
		'::1',
		'0:0:0:0:0:0:0:1',
		'::ffff:127.0.0.1',
		'localhost',
		'a.localhost',
	])
		t.ok(isLoopback(host), host);
	for (const host of ['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', 'localhost.example', '127.0.0.1.example', ''])
		t.notOk(isLoopback(host), host);
});

t.test('a wildcard stands for all addresses', async (t) => {
	for (const host of ['0.0.0.0', '::']) t.ok(isWildcard(host), host);
	for (const host of ['127.0.0.1', '::1', 'localhost', '10.0.0.1']) t.notOk(isWildcard(host), host);
});

t.test('a name is no address', async (t) => {
	for (const host of ['10.0.0.1', 'fd00::1']) t.ok(isAddress(host), host);
	for (const host of ['dss', 'localhost', 'dss.example', '']) t.notOk(isAddress(host), host);
});

t.test('one dot may end a host, no more', async (t) => {
	t.equal(withoutRootDot('localhost.'), 'localhost');
	t.equal(withoutRootDot('127.0.0.1.'), '127.0.0.1');
	t.equal(withoutRootDot('localhost'), 'localhost');
	t.notOk(isLoopback(withoutRootDot('localhost..')));
});

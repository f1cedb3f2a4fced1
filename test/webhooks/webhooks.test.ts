import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPrivateAddress } from '../../src/webhooks/webhooks.ts';

test('addresses of this machine, of private networks and of no machine are private, however they are written', () => {
	for (const address of [
		'127.0.0.1',
		'10.1.2.3',
		'172.31.255.255',
		'192.168.0.1',
		'169.254.169.254',
		'100.64.0.1',
		'0.0.0.0',
		'224.0.0.1',
		'255.255.255.255',
		'::',
		'::1',
		'fe80::1',
		'fd00::1',
		'ff02::1',
		'::ffff:127.0.0.1',
		'::ffff:10.0.0.1',
		'64:ff9b::7f00:1',
		'not an address',
	])
		assert.equal(isPrivateAddress(address), true, address);
	for (const address of [
		'93.184.216.34',
		'172.32.0.1',
		'2606:2800:220:1:248:1893:25c8:1946',
		'::ffff:93.184.216.34',
	])
		assert.equal(isPrivateAddress(address), false, address);
});

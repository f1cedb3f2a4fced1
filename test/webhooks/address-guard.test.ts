import t from 'tap';
import { isPublicAddress } from '../../src/webhooks/address-guard.ts';

t.test(
	'addresses of this machine, of private networks and of no machine are refused, however they are written',
	async (t) => {
		for (const address of [
			'127.0.0.1',
			'10.1.2.3',
			'172.31.255.255',
			'192.168.0.1',
			'169.254.169.254',
			'100.64.0.1',
			'0.0.0.0',
			'192.0.2.1',
			'198.18.0.1',
			'224.0.0.1',
			'255.255.255.255',
			'::',
			'::1',
			'fe80::1',
			'fec0::1',
			'fd00::1',
			'ff02::1',
			'2001:db8::1',
			'::ffff:127.0.0.1',
			'::ffff:10.0.0.1',
			'::127.0.0.1',
			'::10.0.0.1',
			'::ffff:0:127.0.0.1',
			'64:ff9b::7f00:1',
			'64:ff9b::10.0.0.1',
			'64:ff9b:1::5db8:d822',
			'2002:7f00:1::1',
			'2002:a00:1::1',
			'fe80::1%eth0',
			'not an address',
		])
			t.equal(isPublicAddress(address), false, address);
	},
);

t.test('public addresses are let through, also as IPv4 within IPv6', async (t) => {
	for (const address of [
		'93.184.216.34',
		'172.32.0.1',
		'2606:2800:220:1:248:1893:25c8:1946',
		'::ffff:93.184.216.34',
		'64:ff9b::5db8:d822',
		'2002:5db8:d822::1',
	])
		t.equal(isPublicAddress(address), true, address);
});

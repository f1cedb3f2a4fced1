/** Keeps messages from addresses that no receiver outside could mean: of this machine, of private networks, of nobody. */
import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** IPv6 addresses that hold an IPv4 address: where it begins, in bytes. Else a private one could be written so. */
const EMBEDDING: readonly (readonly [net: string, at: number])[] = [
	['::/96', 12], //            IPv4-compatible (RFC 4291 §2.5.5.1)
	['::ffff:0:0/96', 12], //    IPv4-mapped (RFC 4291 §2.5.5.2)
	['::ffff:0:0:0/96', 12], //  SIIT (RFC 7915)
	['64:ff9b::/96', 12], //     NAT64 (RFC 6052)
	['2002::/16', 2], //         6to4 (RFC 3056)
];
/** NAT64 of a network's own choice (RFC 8215): what it leads to is known there only. */
const LOCAL_NAT64 = '64:ff9b:1::/48';

/** Whether an address is of one machine of the public internet, also where it is IPv4 within IPv6. */
export function isPublicAddress(address: string): boolean {
	if (!ipaddr.isValid(address)) return false;
	const parsed = ipaddr.parse(address);
	if (parsed.kind() === 'ipv4') return parsed.range() === 'unicast';
	const within = (net: string) => parsed.match(ipaddr.parseCIDR(net));
	if (within(LOCAL_NAT64)) return false;
	const [, at] = EMBEDDING.find(([net]) => within(net)) ?? [];
	if (at === undefined) return parsed.range() === 'unicast';
	return ipaddr.fromByteArray(parsed.toByteArray().slice(at, at + 4)).range() === 'unicast';
}

/** Looks a name up, and refuses it if any of its addresses is not public. */
export const publicLookup: LookupFunction = (hostname, options, done) => {
	lookup(hostname, { ...options, all: true }, (error, addresses) => {
		if (error !== null) return done(error, []);
		const found = addresses.find(({ address }) => !isPublicAddress(address));
		if (found !== undefined)
			return done(new Error(`${hostname} is at ${found.address}, a private address`), []);
		const [first] = addresses;
		if (options.all) return done(null, addresses);
		if (first === undefined) return done(new Error(`${hostname} has no address`), []);
		return done(null, first.address, first.family);
	});
};

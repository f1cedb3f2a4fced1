/** What kind of host a name or an address is. */
import ipaddr from 'ipaddr.js';

/** Whether a host can be reached from this machine only: `localhost`, 127.0.0.0/8, ::1, also as mapped IPv4. */
export function isLoopback(host: string): boolean {
	return rangeOf(host) === 'loopback';
}

/** Whether a host means all addresses of this machine. */
export function isWildcard(host: string): boolean {
	return rangeOf(host) === 'unspecified';
}

/** Whether a host is an address, and not a name that DNS resolves. */
export function isAddress(host: string): boolean {
	return ipaddr.isValid(host);
}

/** A host without the one dot that may end it: `localhost.` is the same name, in full (RFC 1034 §3.1). */
export function withoutRootDot(host: string): string {
	return host.endsWith('.') ? host.slice(0, -1) : host;
}

function rangeOf(host: string): string | null {
	// RFC 6761 §6.3: `localhost` and the names below it always mean this machine.
	if (host === 'localhost' || host.endsWith('.localhost')) return 'loopback';
	return ipaddr.isValid(host) ? ipaddr.process(host).range() : null;
}

/** Which methods each address answers to, for 405 and its Allow header (RFC 9110 §15.5.6). */

interface Entry {
	/** The address as a route gives it: `/api/projects/:project_id`. */
	readonly url: string;
	readonly pattern: RegExp;
	readonly methods: Set<string>;
}

export class RouteTable {
	readonly #entries = new Map<string, Entry>();
	/** By a route's address: those that are more exact at some place and can be meant instead. */
	readonly #moreExact = new Map<string, Entry[]>();

	add(url: string, methods: string | readonly string[]): void {
		// The CORS plugin answers OPTIONS on every path, known or not.
		if (url === '*') return;
		const entry = this.#entries.get(url) ?? { url, pattern: patternOf(url), methods: new Set() };
		for (const method of [methods].flat()) entry.methods.add(method);
		this.#entries.set(url, entry);
		this.#moreExact.clear();
	}

	/** The methods that a path answers to, OPTIONS among them; null where it is not the address of anything. */
	methodsAt(path: string): string | null {
		const entries = [...this.#entries.values()].filter(({ pattern }) => pattern.test(path));
		const exact = entries.filter((entry) => !entries.some((other) => isMoreExact(other.url, entry.url)));
		if (exact.length === 0) return null;
		const methods = new Set(['OPTIONS', ...exact.flatMap((entry) => [...entry.methods])]);
		return [...methods].sort().join(', ');
	}

	/**
	 * The methods that a path answers to, where a route with parameters took a path that another names in full:
	 * `GET /api/projects/{project_id}/export` is no list of the kind "export". Null where the route was right.
	 */
	methodsMeantAt(path: string, taken: string): string | null {
		if (!taken.includes(':')) return null;
		let others = this.#moreExact.get(taken);
		if (others === undefined) {
			others = [...this.#entries.values()].filter(({ url }) => isMoreExact(url, taken));
			this.#moreExact.set(taken, others);
		}
		return others.some(({ pattern }) => pattern.test(path)) ? this.methodsAt(path) : null;
	}
}

function patternOf(url: string): RegExp {
	const source = url
		.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
		.replace(/:[^/]+/g, '[^/]+')
		.replaceAll('*', '.*');
	return new RegExp(`^${source}$`);
}

/** Whether one address is another with some parameter given. */
function isMoreExact(one: string, other: string): boolean {
	const [ours, theirs] = [one.split('/'), other.split('/')];
	if (one === other || ours.length !== theirs.length) return false;
	return (
		theirs.every((part, index) => part === ours[index] || part.startsWith(':')) &&
		weightOf(ours) < weightOf(theirs)
	);
}

/** How many parameters an address has. */
function weightOf(parts: readonly string[]): number {
	return parts.filter((part) => part.startsWith(':')).length;
}

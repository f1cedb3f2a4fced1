/** `$extends` (Format §6.4): a group takes in another's tokens and properties; its own members win. */
import { aliasPath, pointerTarget } from '../../records/references.ts';
import type { GroupNode, Node, Report } from './tree.ts';

/** Thrown when extension makes more tokens than the limit: few lines can make very many. */
export class TooManyTokens extends Error {
	readonly count: number;
	constructor(count: number) {
		super(`more than ${count} tokens`);
		this.count = count;
	}
}

type State = 'open' | 'done';

/** Resolves every extension of a file, in place. @throws {TooManyTokens} */
export function resolveExtends(root: GroupNode, report: Report, maxTokens: number): void {
	new Resolver(root, report, maxTokens).expand(root, '');
}

class Resolver {
	readonly #root: GroupNode;
	readonly #report: Report;
	readonly #maxTokens: number;
	readonly #states = new Map<GroupNode, State>();
	#copied = 0;

	constructor(root: GroupNode, report: Report, maxTokens: number) {
		this.#root = root;
		this.#report = report;
		this.#maxTokens = maxTokens;
	}

	expand(group: GroupNode, path: string): void {
		if (this.#states.has(group)) return;
		this.#states.set(group, 'open');
		const target = this.#target(group, path);
		if (target !== null) this.#takeIn(group, target);
		for (const [name, child] of group.children) {
			if (child.kind === 'group') this.expand(child, path === '' ? name : `${path}.${name}`);
		}
		this.#states.set(group, 'done');
	}

	/** The group that a group extends, itself expanded; null where it extends none, or none that may be. */
	#target(group: GroupNode, path: string): GroupNode | null {
		const reference = group.members['$extends'] ?? group.members['$ref'];
		if (reference === undefined) return null;
		const wrong = (reason: string) => {
			this.#report({ code: 'invalid_record', path, reason });
			return null;
		};
		const names = typeof reference === 'string' ? groupNames(reference) : null;
		if (names === null) return wrong('$extends must be a reference to a group (Format §6.4.5)');
		const target = this.#find(names);
		if (target === null)
			return wrong(`$extends leads to ${String(reference)}, which is not there (Format §6.4.6)`);
		if (target.kind === 'token')
			return wrong(`$extends leads to ${String(reference)}, which is a token (Format §6.4)`);
		if (this.#states.get(target) === 'open') {
			return wrong(`$extends leads in a circle through ${String(reference)} (Format §6.4.4)`);
		}
		this.expand(target, names.join('.'));
		return target;
	}

	#find(names: readonly string[]): Node | null {
		let at: Node = this.#root;
		for (const name of names) {
			if (at.kind === 'token') return null;
			let next: Node | undefined = at.children.get(name);
			if (next === undefined && at.members['$extends'] !== undefined && !this.#states.has(at)) {
				this.expand(at, '');
				next = at.children.get(name);
			}
			if (next === undefined) return null;
			at = next;
		}
		return at;
	}

	/** Deep merge (§6.4.3): local properties and tokens win, whole tokens at a time; groups are merged. */
	#takeIn(group: GroupNode, target: GroupNode): void {
		for (const [key, member] of Object.entries(target.members)) {
			const isLink = key === '$extends' || key === '$ref';
			if (!isLink && group.members[key] === undefined) group.members[key] = member;
		}
		for (const [name, theirs] of target.children) {
			const ours = group.children.get(name);
			if (ours === undefined) group.children.set(name, this.#copy(theirs));
			else if (ours.kind === 'group' && theirs.kind === 'group') this.#takeIn(ours, theirs);
		}
	}

	#copy(node: Node): Node {
		if (node.kind === 'token') {
			this.#copied++;
			if (this.#copied > this.#maxTokens) throw new TooManyTokens(this.#maxTokens);
			return node;
		}
		// What is copied has been expanded: the copy must not be expanded again.
		const { $extends: _extends, $ref: _ref, ...members } = node.members;
		const copy: GroupNode = { kind: 'group', members, others: node.others, children: new Map() };
		this.#states.set(copy, 'done');
		for (const [name, child] of node.children) copy.children.set(name, this.#copy(child));
		return copy;
	}
}

/** The names on the way to a group: `{a.b}`, or `#/a/b` (§6.4.5). */
function groupNames(reference: string): string[] | null {
	const path = aliasPath(reference) ?? groupPointer(reference);
	return path === null ? null : path.split('.');
}

function groupPointer(reference: string): string | null {
	const target = pointerTarget(reference);
	return target?.whole ? target.path : null;
}

/** `$extends` (Format §6.4): a group takes in another's tokens and properties; its own members win. */

import { excerpt } from '../../records/excerpt.ts';
import type { ReferenceBudget } from '../../records/reference-budget.ts';
import { aliasPath, pointerTarget } from '../../records/references.ts';
import { type GroupNode, joinPath, MAX_LEVELS, type Node, type Report } from './tree.ts';

/** Thrown when extension makes more tokens than the limit: few lines can make very many. */
export class TooManyTokens extends Error {
	readonly count: number;
	constructor(count: number) {
		super(`more than ${count} tokens`);
		this.count = count;
	}
}

type State = 'open' | 'done';
/** Work that stops wherever other work must be done first, which it yields: chains need no recursion. */
interface Steps extends Generator<Steps, void> {}

/**
 * Resolves every extension of a file, in place.
 *
 * @param budget spent for each group and token that is looked at in order to copy it
 * @throws {TooManyTokens}
 * @throws {DssError} reference_web_too_large
 */
export function resolveExtends(
	root: GroupNode,
	report: Report,
	maxTokens: number,
	budget: ReferenceBudget,
): void {
	const waiting = [new Resolver(root, report, maxTokens, budget).expand(root, '')];
	for (let top = waiting.at(-1); top !== undefined; top = waiting.at(-1)) {
		const { done, value } = top.next();
		if (done) waiting.pop();
		else waiting.push(value);
	}
}

class Resolver {
	readonly #root: GroupNode;
	readonly #report: Report;
	readonly #maxTokens: number;
	readonly #budget: ReferenceBudget;
	readonly #states = new Map<GroupNode, State>();
	#copied = 0;

	constructor(root: GroupNode, report: Report, maxTokens: number, budget: ReferenceBudget) {
		this.#root = root;
		this.#report = report;
		this.#maxTokens = maxTokens;
		this.#budget = budget;
	}

	*expand(group: GroupNode, path: string): Steps {
		if (this.#states.has(group)) return;
		this.#states.set(group, 'open');
		yield* this.#extend(group, path);
		for (const [name, child] of group.children) {
			// What was copied has been expanded, and its path may be too long.
			if (child.kind !== 'group' || this.#states.has(child)) continue;
			yield this.expand(child, joinPath(path, name) ?? path);
		}
		this.#states.set(group, 'done');
	}

	/** Takes in the group that a group extends, itself expanded first; reports one that may not be. */
	*#extend(group: GroupNode, path: string): Steps {
		const reference = group.members['$extends'] ?? group.members['$ref'];
		if (reference === undefined) return;
		const wrong = (reason: string) => this.#report({ code: 'invalid_record', path, reason });
		const names = typeof reference === 'string' ? groupNames(reference) : null;
		if (names === null) return wrong('$extends must be a reference to a group (Format §6.4.5)');
		yield* this.#expandTo(names);
		const target = this.#find(names);
		const shown = excerpt(String(reference));
		if (target === null) return wrong(`$extends leads to ${shown}, which is not there (Format §6.4.6)`);
		if (target.kind === 'token') return wrong(`$extends leads to ${shown}, which is a token (Format §6.4)`);
		if (this.#states.get(target) === 'open') {
			return wrong(`$extends leads in a circle through ${shown} (Format §6.4.4)`);
		}
		yield this.expand(target, names.join('.'));
		this.#takeIn(group, target, 0);
	}

	/** Expands the groups on the way that have the next one by extension only. */
	*#expandTo(names: readonly string[]): Steps {
		let at: Node = this.#root;
		for (const [index, name] of names.entries()) {
			if (at.kind === 'token') return;
			if (!at.children.has(name) && at.members['$extends'] !== undefined && !this.#states.has(at)) {
				yield this.expand(at, names.slice(0, index).join('.'));
			}
			const next: Node | undefined = at.children.get(name);
			if (next === undefined) return;
			at = next;
		}
	}

	#find(names: readonly string[]): Node | null {
		let at: Node = this.#root;
		for (const name of names) {
			const next: Node | undefined = at.kind === 'token' ? undefined : at.children.get(name);
			if (next === undefined) return null;
			at = next;
		}
		return at;
	}

	/** Deep merge (§6.4.3): local properties and tokens win, whole tokens at a time; groups are merged. */
	#takeIn(group: GroupNode, target: GroupNode, level: number): void {
		for (const [key, member] of Object.entries(target.members)) {
			const isLink = key === '$extends' || key === '$ref';
			if (!isLink && group.members[key] === undefined) group.members[key] = member;
		}
		for (const [name, theirs] of target.children) {
			const ours = group.children.get(name);
			if (ours === undefined) group.children.set(name, this.#copy(theirs, level + 1));
			else {
				this.#budget.spend(1);
				if (ours.kind === 'group' && theirs.kind === 'group') this.#takeIn(ours, theirs, level + 1);
			}
		}
	}

	#copy(node: Node, level: number): Node {
		this.#budget.spend(1);
		if (node.kind === 'token') {
			this.#copied++;
			if (this.#copied > this.#maxTokens) throw new TooManyTokens(this.#maxTokens);
			return node;
		}
		// What is copied has been expanded: the copy must not be expanded again.
		const { $extends: _extends, $ref: _ref, ...members } = node.members;
		const copy: GroupNode = { kind: 'group', members, others: node.others, children: new Map() };
		this.#states.set(copy, 'done');
		// Deeper than any path can lead: reading the copy reports that its path is too long.
		if (level > MAX_LEVELS) return copy;
		for (const [name, child] of node.children) copy.children.set(name, this.#copy(child, level + 1));
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

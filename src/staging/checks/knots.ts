/** Knots of a graph: sets of nodes each of which leads to every other, and to itself. */

export interface GraphNode<Node> {
	readonly targets: readonly Node[];
}

/** How far a walk is at a node. */
interface Visit<Node> {
	readonly node: Node;
	readonly number: number;
	/** The smallest number of a node that is known to be led to, and waits. */
	low: number;
	next: number;
}

/**
 * The strongly connected components that hold a circle (Tarjan), without recursion: one step a node and an edge. Edges
 * that leave the nodes given are left out.
 */
export function knotsOf<Node extends GraphNode<Node>>(nodes: Iterable<Node>): Node[][] {
	const among = new Set(nodes);
	const numbers = new Map<Node, number>();
	const waiting: Node[] = [];
	const waits = new Set<Node>();
	const knots: Node[][] = [];
	const path: Visit<Node>[] = [];
	const visit = (node: Node) => {
		const number = numbers.size;
		numbers.set(node, number);
		waiting.push(node);
		waits.add(node);
		path.push({ node, number, low: number, next: 0 });
	};
	/** The nodes that wait since a visit began, which lead to each other. */
	const take = ({ node: first }: Visit<Node>): Node[] => {
		const taken = waiting.splice(waiting.lastIndexOf(first));
		for (const node of taken) waits.delete(node);
		return taken;
	};
	for (const start of among) {
		if (numbers.has(start)) continue;
		visit(start);
		for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
			const target = top.node.targets[top.next++];
			if (target !== undefined) {
				const number = numbers.get(target);
				if (number === undefined) {
					if (among.has(target)) visit(target);
				} else if (waits.has(target)) top.low = Math.min(top.low, number);
				continue;
			}
			path.pop();
			const before = path.at(-1);
			if (before !== undefined) before.low = Math.min(before.low, top.low);
			if (top.low < top.number) continue;
			const knot = take(top);
			if (knot.length > 1 || top.node.targets.includes(top.node)) knots.push(knot);
		}
	}
	return knots;
}

/** MetalLB's order of nodes for an address: by a hash of both, so that addresses spread over the nodes. */
import { hash } from 'node:crypto';
import { compareText } from '../../base/text.ts';

/** SHA-256 of `<node>#<address>` as hex digits, which compare as its bytes do. `address` is in the form of RFC 5952. */
const rank = (node: string, address: string): string => hash('sha256', `${node}#${address}`, 'hex');

/** The first of `nodes` in the order for `address`; null for no nodes. */
export function firstInOrder(nodes: readonly string[], address: string): string | null {
  const [only, ...others] = nodes;
  if (only === undefined || others.length === 0) return only ?? null;
  let first = { node: only, rank: rank(only, address) };
  for (const node of others) {
    const own = { node, rank: rank(node, address) };
    if ((compareText(own.rank, first.rank) || compareText(node, first.node)) < 0) first = own;
  }
  return first.node;
}

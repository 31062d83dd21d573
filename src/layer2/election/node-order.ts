/** MetalLB's order of nodes for an address: by a hash of both, so that addresses spread over the nodes. */
import { createHash } from 'node:crypto';
import { compareText } from '../../base/text.ts';

/** SHA-256 of `<node>#<address>` as hex digits, which compare as its bytes do. `address` is in the form of RFC 5952. */
const rank = (node: string, address: string): string =>
  createHash('sha256').update(`${node}#${address}`).digest('hex');

/** The first of `nodes` in the order for `address`; null for no nodes. */
export function firstInOrder(nodes: readonly string[], address: string): string | null {
  const [only, ...others] = nodes;
  if (only === undefined || others.length === 0) return only ?? null;
  const ranked = nodes.map((node) => ({ node, rank: rank(node, address) }));
  ranked.sort((a, b) => compareText(a.rank, b.rank) || compareText(a.node, b.node));
  return ranked[0]?.node ?? null;
}

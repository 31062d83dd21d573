/** The label that names the node of a status object. */
import { createHash } from 'node:crypto';

const LABEL_MAX = 63;

/** A Node's name may be longer than the value of a label: then it is truncated, with a hash that keeps it unique. */
export function nodeLabelValue(node: string): string {
  if (node.length <= LABEL_MAX) return node;
  const digest = createHash('sha256').update(node).digest('hex').slice(0, 8);
  return `${node.slice(0, LABEL_MAX - digest.length - 1).replace(/[.-]+$/, '')}-${digest}`;
}

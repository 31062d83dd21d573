/** Who announces a Service, for people: a line for each node, and what follows from it. */
import type { Paint } from '../paint.ts';
import { folded } from './asktext.ts';
import type { Asked } from './speakers.ts';
import { type Conclusion, isHeard, type NodeAnnouncing, type PeerAnnouncing } from './whyread.ts';

export type Why = {
  readonly service: string;
  readonly nodes: readonly NodeAnnouncing[];
  readonly asked: readonly Asked[];
  readonly conclusion: Conclusion;
};

export function printWhy({ service, nodes, asked, conclusion }: Why, paint: Paint): string {
  const lines = asked.flatMap(({ node, answer }) => {
    const one = nodes.find((each) => each.node === node);
    return answer.ok && one !== undefined ? nodeLines(one, paint) : silentLines(node, answer, paint);
  });
  const { announced, conclusion: says, change } = conclusion;
  return [
    paint('bold', `Service ${service}`),
    ...lines,
    '',
    ...folded(`${says}.`, 0).map((line) => paint(announced ? 'green' : 'red', line)),
    ...(change === null ? [] : folded(`To change: ${change}`, 0)),
    '',
  ].join('\n');
}

/** The name of the node in its style, what is said of it behind. */
function nodeLine(node: string, mark: string, says: string): readonly string[] {
  const [head = '', ...more] = folded(`${node} ${says}`, 2);
  return [head.replace(node, mark), ...more.map((line) => `  ${line}`)];
}

function nodeLines(one: NodeAnnouncing, paint: Paint): readonly string[] {
  const { node, announced, says, peers } = one;
  if (!announced) return nodeLine(node, paint('dim', node), `does not: ${says}`);
  const style = isHeard(one) ? 'green' : 'red';
  return nodeLine(node, paint(style, node), peers.map(peerText).join('; '));
}

function peerText({ name, established, trouble, told, kept }: PeerAnnouncing): string {
  if (!established)
    return `would tell ${name}, but there is no session${trouble === null ? '' : `: ${trouble}`}`;
  const parts = [
    ...(told.length === 0 ? [] : [`announces ${told.join(', ')} to ${name}`]),
    ...kept.map(({ prefix, says }) => `does not tell ${name} ${prefix}: ${says}`),
  ];
  return parts.join(', ');
}

const silentLines = (node: string, answer: Asked['answer'], paint: Paint): readonly string[] =>
  nodeLine(node, paint('yellow', node), `did not answer: ${answer.ok ? '' : answer.error}`);

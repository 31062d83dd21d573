/** Who announces a Service, for people: a line for each node, and what follows from it. */
import type { Colorize } from '../../framework/color.ts';
import type { SpeakerResponse } from '../speakers/status-query.ts';
import { indentedLines } from '../speakers/text.ts';
import {
  isAdvertised,
  type NodeAnnouncement,
  type PeerAnnouncement,
  type WhyConclusion,
} from './conclusion.ts';

export type WhyReport = {
  readonly service: string;
  readonly nodes: readonly NodeAnnouncement[];
  readonly responses: readonly SpeakerResponse[];
  readonly conclusion: WhyConclusion;
};

export function printWhy({ service, nodes, responses, conclusion }: WhyReport, paint: Colorize): string {
  const lines = responses.flatMap(({ node, document }) => {
    const one = nodes.find((each) => each.node === node);
    return document.ok && one !== undefined ? nodeLines(one, paint) : unreachableLines(node, document, paint);
  });
  const { announced, conclusion: sentence, change } = conclusion;
  return [
    paint('bold', `Service ${service}`),
    ...lines,
    '',
    ...indentedLines(`${sentence}.`, 0).map((line) => paint(announced ? 'green' : 'red', line)),
    ...(change === null ? [] : indentedLines(`To change: ${change}`, 0)),
    '',
  ].join('\n');
}

/** The name of the node in its style, what is said of it behind. */
function nodeLine(node: string, styledNode: string, text: string): readonly string[] {
  const [head = '', ...more] = indentedLines(`${node} ${text}`, 2);
  return [head.replace(node, styledNode), ...more.map((line) => `  ${line}`)];
}

function nodeLines(one: NodeAnnouncement, paint: Colorize): readonly string[] {
  const { node, shouldAnnounce, reason, peers } = one;
  if (!shouldAnnounce) return nodeLine(node, paint('dim', node), `does not: ${reason}`);
  const style = isAdvertised(one) ? 'green' : 'red';
  return nodeLine(node, paint(style, node), peers.map(peerText).join('; '));
}

function peerText({ name, established, problem, advertised, withheld }: PeerAnnouncement): string {
  if (!established)
    return `would tell ${name}, but there is no session${problem === null ? '' : `: ${problem}`}`;
  const parts = [
    ...(advertised.length === 0 ? [] : [`announces ${advertised.join(', ')} to ${name}`]),
    ...withheld.map(({ prefix, reason }) => `does not tell ${name} ${prefix}: ${reason}`),
  ];
  return parts.join(', ');
}

const unreachableLines = (
  node: string,
  document: SpeakerResponse['document'],
  paint: Colorize,
): readonly string[] =>
  nodeLine(node, paint('yellow', node), `did not answer: ${document.ok ? '' : document.error}`);

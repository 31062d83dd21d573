/** Which nodes advertise a Service, for people: a line for each node, then the conclusion. */
import type { TextStyle } from '../../../base/styled-text.ts';
import type { TextFormat } from '../../../observe/terminal.ts';
import { joinSections, proseLines, titleLines } from '../../framework/lines.ts';
import type { SpeakerResponse } from '../speakers/status-query.ts';
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

export function whyLines(
  { service, nodes, responses, conclusion }: WhyReport,
  format: TextFormat,
  title = `Service ${service}`,
): readonly string[] {
  const perNode = responses.flatMap(({ node, document }) => {
    const one = nodes.find((each) => each.node === node);
    if (!document.ok) return nodeLines(node, 'yellow', `did not answer: ${document.error}`, format);
    return one === undefined ? [] : announcementLines(one, format);
  });
  const { announced, conclusion: sentence, change } = conclusion;
  return joinSections([
    [...titleLines(title, format), ...perNode],
    [
      ...proseLines(`${sentence}.`, format).map((line) => format.paint(announced ? 'green' : 'red', line)),
      ...(change === null ? [] : proseLines(`Fix: ${change}`, format)),
    ],
  ]);
}

function nodeLines(node: string, style: TextStyle, text: string, format: TextFormat): readonly string[] {
  const [head = '', ...more] = proseLines(`${node} ${text}`, format, { first: 2, rest: 4 });
  return [head.replace(node, () => format.paint(style, node)), ...more];
}

function announcementLines(one: NodeAnnouncement, format: TextFormat): readonly string[] {
  const { node, shouldAnnounce, reason, peers } = one;
  if (!shouldAnnounce) return nodeLines(node, 'dim', `does not advertise it: ${reason}`, format);
  const text = peers.length === 0 ? 'should advertise it, to no peer' : peers.map(peerText).join('; ');
  return nodeLines(node, isAdvertised(one) ? 'green' : 'red', text, format);
}

function peerText(peer: PeerAnnouncement): string {
  const { name, established, problem, bfdProblem, advertised, withheld } = peer;
  if (!established)
    return `should advertise it to ${name}, without a session${problem === null ? '' : `: ${problem}`}`;
  const parts = [
    ...(advertised.length === 0 ? [] : [`advertises ${advertised.join(', ')} to ${name}`]),
    ...withheld.map(({ prefix, reason }) => `cannot advertise ${prefix} to ${name}: ${reason}`),
    ...(bfdProblem === null ? [] : [`without BFD: ${bfdProblem}`]),
  ];
  return parts.length === 0 ? `has nothing to advertise to ${name}` : parts.join(', ');
}

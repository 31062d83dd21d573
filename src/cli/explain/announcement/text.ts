/** The way of an address to the routers, for people. */
import { wrap } from '../../../base/text.ts';
import type { AnnouncementExplanation } from '../../../calico/report/announcement-explanation.ts';
import type { Colorize } from '../../framework/color.ts';
import { COLUMNS_MAX } from '../../framework/command.ts';

/** Nodes that are told one by one; all of them are in -o json. */
const NODES_MAX = 20;

export function printAnnouncement(explanation: AnnouncementExplanation, paint: Colorize): string {
  const { address, verdict, routers, nodes, findings } = explanation;
  const shownNodes = nodes.slice(0, NODES_MAX);
  const width = Math.max(0, ...shownNodes.map(({ node }) => node.length));
  return [
    paint('bold', `Announcement of ${address}`),
    ...(verdict === null ? [] : hangingIndent(`${verdict.status}, ${verdict.reason}: ${verdict.message}`, 2)),
    ...routers.map(({ router, prefix, from }) =>
      prefix === null
        ? `  router ${router} ${paint('red', 'learns no route to it')}`
        : hangingIndent(
            `router ${router} ${paint('green', 'learns')} ${prefix} from ${from.join(', ')}`,
            2,
          ).join('\n'),
    ),
    ...shownNodes.map(({ node, prefix, to, because: reason }) =>
      hangingIndent(
        `${node.padEnd(width)}  ${prefix === null ? 'does not announce it' : `announces ${prefix}${to.length > 0 ? ` to ${to.join(', ')}` : ''}`}${reason === '' ? '' : `: ${reason}`}`,
        2,
      ).join('\n'),
    ),
    ...(nodes.length > shownNodes.length ? [`  and ${nodes.length - shownNodes.length} more nodes`] : []),
    ...findings.flatMap(({ code, says, todo }) => [
      ...hangingIndent(`${code}: ${says}`, 2),
      ...hangingIndent(todo, 6),
    ]),
  ].join('\n');
}

const hangingIndent = (text: string, indent: number): readonly string[] =>
  wrap(text, COLUMNS_MAX - indent - 2).map(
    (line, index) => `${' '.repeat(index === 0 ? indent : indent + 2)}${line}`,
  );

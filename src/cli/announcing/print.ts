/** The way of an address to the routers, for people. */
import { wrap } from '../../base/text.ts';
import type { AnnouncementExplanation } from '../../calico/explained.ts';
import { COLUMNS_MAX } from '../command.ts';
import type { Paint } from '../paint.ts';

/** Nodes that are told one by one; all of them are in -o json. */
const NODES_MAX = 20;

export function printAnnouncement(explained: AnnouncementExplanation, paint: Paint): string {
  const { address, verdict, routers, nodes, findings } = explained;
  const told = nodes.slice(0, NODES_MAX);
  const width = Math.max(0, ...told.map(({ node }) => node.length));
  return [
    paint('bold', `Announcement of ${address}`),
    ...(verdict === null ? [] : folded(`${verdict.status}, ${verdict.reason}: ${verdict.message}`, 2)),
    ...routers.map(({ router, prefix, from }) =>
      prefix === null
        ? `  router ${router} ${paint('red', 'learns no route to it')}`
        : folded(`router ${router} ${paint('green', 'learns')} ${prefix} from ${from.join(', ')}`, 2).join(
            '\n',
          ),
    ),
    ...told.map(({ node, prefix, to, because }) =>
      folded(
        `${node.padEnd(width)}  ${prefix === null ? 'does not announce it' : `announces ${prefix}${to.length > 0 ? ` to ${to.join(', ')}` : ''}`}${because === '' ? '' : `: ${because}`}`,
        2,
      ).join('\n'),
    ),
    ...(nodes.length > told.length ? [`  and ${nodes.length - told.length} more nodes`] : []),
    ...findings.flatMap(({ code, says, todo }) => [...folded(`${code}: ${says}`, 2), ...folded(todo, 6)]),
  ].join('\n');
}

const folded = (text: string, indent: number): readonly string[] =>
  wrap(text, COLUMNS_MAX - indent - 2).map(
    (line, index) => `${' '.repeat(index === 0 ? indent : indent + 2)}${line}`,
  );

/** How an address reaches the routers, for people. */
import type { AnnouncementExplanation } from '../../calico/report/announcement-explanation.ts';
import type { TextFormat } from '../../observe/terminal.ts';
import { proseLines, titleLines } from '../framework/lines.ts';

/** Nodes that are listed one by one; all of them are in -o json. */
const NODES_MAX = 20;

const NO_ROUTE = 'learns no route to it';

/** `said` are sentences that are printed above. */
export function announcementLines(
  explanation: AnnouncementExplanation,
  said: readonly (string | null)[],
  format: TextFormat,
): readonly string[] {
  const { paint } = format;
  const { address, verdict, routers, nodes, findings } = explanation;
  const shownNodes = nodes.slice(0, NODES_MAX);
  const width = Math.max(0, ...shownNodes.map(({ node }) => node.length));
  const item = (text: string): readonly string[] => proseLines(text, format, { first: 2, rest: 4 });
  if (verdict === null && routers.length === 0 && nodes.length === 0 && findings.length === 0)
    return [
      ...titleLines(`Advertisement of ${address}`, format),
      ...item('unknown: the input has no node, and no router that nodes peer with'),
    ];
  return [
    ...titleLines(`Advertisement of ${address}`, format),
    ...(verdict === null ? [] : item(verdictText(verdict, said))),
    ...routers.flatMap(({ router, prefix, from }) =>
      prefix === null
        ? item(`router ${router} learns no route to it`).map((line) =>
            line.replace(NO_ROUTE, (text) => paint('red', text)),
          )
        : item(`router ${router} learns ${prefix} from ${from.join(', ')}`),
    ),
    ...shownNodes.flatMap(({ node, prefix, to, because: reason }) => {
      const what =
        prefix === null
          ? 'does not advertise it'
          : `advertises ${prefix}${to.length > 0 ? ` to ${to.join(', ')}` : ''}`;
      return item(`${node.padEnd(width)}  ${what}${reason === '' ? '' : `: ${reason}`}`);
    }),
    ...(nodes.length > shownNodes.length ? [`  and ${nodes.length - shownNodes.length} more nodes`] : []),
    ...findings.flatMap(({ code, says: problem, todo: remedy }) => [
      ...item(`${code}: ${problem}`),
      ...(said.includes(remedy) ? [] : proseLines(remedy, format, { first: 6, rest: 8 })),
    ]),
  ];
}

const verdictText = (
  { status, reason, message }: NonNullable<AnnouncementExplanation['verdict']>,
  said: readonly (string | null)[],
): string => (said.includes(message) ? `${status}, ${reason}` : `${status}, ${reason}: ${message}`);

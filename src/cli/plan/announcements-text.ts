/** What the speakers would announce and withdraw, for people: what nothing leads to first, then each peer, then layer 2. */
import { plural } from '../../base/text.ts';
import type { AnnouncementChanges, OwnerChange } from '../../delivery/changes/announcement-changes.ts';
import type { AnnouncementPlan, ExplainedAddress, RestartPlan } from '../../delivery/changes/edit-plan.ts';
import type { RestartCauses } from '../../delivery/changes/restart-causes.ts';
import type { PeerRouteChange } from '../../delivery/changes/route-changes.ts';
import type { SessionChange } from '../../delivery/changes/session-changes.ts';
import type { TextFormat } from '../../observe/terminal.ts';
import { joinSections, proseLines, titleLines } from '../framework/lines.ts';

/** Lines of each kind that are listed; all of them are in -o json. */
const LINES_MAX = 30;
/** Services that are named beside a route or an address. */
const SERVICES_SHOWN_MAX = 3;

export function announcementPlanLines(
  { changes, unreached, restart }: AnnouncementPlan,
  format: TextFormat,
): readonly string[] {
  return joinSections([
    unreachedLines(unreached, format),
    ...changeSections(changes, format),
    ...(restart === null ? [] : restartSections(restart, format)),
  ]);
}

const restartSections = (
  { changes, causes }: RestartPlan,
  format: TextFormat,
): readonly (readonly string[])[] => [
  [
    format.paint('bold', 'When the speakers restart'),
    ...restartCauseTexts(causes).flatMap((text) => proseLines(text, format, { first: 2, rest: 4 })),
  ],
  ...changeSections(changes, format),
];

const restartCauseTexts = ({
  isConfigurationInvalid,
  withoutPool,
  inYoungerPool,
}: RestartCauses): readonly string[] => [
  ...(isConfigurationInvalid ? ['Until then they keep the last valid version of what they reject.'] : []),
  ...(withoutPool.length > 0
    ? [`Until then they announce addresses that no pool lists any more${servicesText(withoutPool)}.`]
    : []),
  ...(inYoungerPool.length > 0
    ? [
        `Until then these Services stay in their pool; an older one lists them too${servicesText(inYoungerPool)}.`,
      ]
    : []),
];

function changeSections(changes: AnnouncementChanges, format: TextFormat): readonly (readonly string[])[] {
  const { sessions, routes, owners } = changes;
  const peers = [...new Set([...sessions, ...routes].map(({ peer, router }) => `${peer} (${router})`))];
  const isOf = (title: string) => (one: SessionChange | PeerRouteChange) =>
    `${one.peer} (${one.router})` === title;
  return [
    ...peers.map((title) => [
      ...titleLines(`Peer ${title}`, format),
      ...sessions.filter(isOf(title)).flatMap((one) => sessionLines(one, format)),
      ...limited(
        routes.filter(isOf(title)).map((one) => routeLines(one, format)),
        'more route',
      ),
    ]),
    owners.length === 0
      ? []
      : [
          format.paint('bold', 'Layer 2'),
          ...limited(
            owners.map((one) => ownerLines(one, format)),
            'more address',
            'more addresses',
          ),
        ],
  ];
}

function unreachedLines(unreached: readonly ExplainedAddress[], format: TextFormat): readonly string[] {
  if (unreached.length === 0) return [];
  const lost = unreached.filter(({ wasReached }) => wasReached);
  const title = (count: number, what: string): string =>
    format.paint(
      'red',
      `${plural(count, `${what}address`, `${what}addresses`)} would have no route and no owner`,
    );
  const lines = (list: readonly ExplainedAddress[]): readonly string[] =>
    limited(
      list.map(({ address, service, says, fix }) => [
        ...proseLines(`${address}  ${service}: ${says}`, format, { first: 2, rest: 6 }),
        ...(fix === null ? [] : proseLines(`Fix: ${fix}`, format, { first: 6 })),
      ]),
      'more address',
      'more addresses',
    );
  const added = unreached.filter(({ wasReached }) => !wasReached);
  return [
    ...(lost.length === 0 ? [] : [title(lost.length, ''), ...lines(lost)]),
    ...(added.length === 0 ? [] : [title(added.length, 'new '), ...lines(added)]),
  ];
}

const SESSION_TEXTS: Readonly<Record<SessionChange['change'], string>> = {
  opens: 'a session opens with',
  closes: 'the session closes with',
  restarts: 'the session restarts with',
};

const sessionLines = ({ change, nodes }: SessionChange, format: TextFormat): readonly string[] =>
  proseLines(`${SESSION_TEXTS[change]} ${nodes.join(' ')}`, format, { first: 2, rest: 4 }).map((line) =>
    format.paint(change === 'opens' ? 'green' : 'yellow', line),
  );

function routeLines(one: PeerRouteChange, format: TextFormat): readonly string[] {
  const { prefix, before, after, otherwise, services } = one;
  const lost = before.filter((node) => !after.includes(node));
  const gained = after.filter((node) => !before.includes(node));
  const parts = [
    ...(after.length === 0 ? [`is withdrawn by ${before.join(' ')}`] : []),
    ...(before.length === 0 ? [`is advertised by ${after.join(' ')}`] : []),
    ...(after.length > 0 && lost.length > 0 ? [`is withdrawn by ${lost.join(' ')}`] : []),
    ...(before.length > 0 && gained.length > 0 ? [`is advertised by ${gained.join(' ')} as well`] : []),
    ...otherwise,
  ];
  const style = lost.length > 0 ? (after.length === 0 ? 'red' : 'yellow') : 'green';
  return proseLines(`${prefix} ${parts.join(', ')}${servicesText(services)}`, format, {
    first: 2,
    rest: 4,
  }).map((line) => format.paint(style, line));
}

function ownerLines(
  { address, before, after, services }: OwnerChange,
  format: TextFormat,
): readonly string[] {
  const text =
    after === null
      ? `is answered for by nobody, and was by ${before}`
      : before === null
        ? `is answered for by ${after}`
        : `moves from ${before} to ${after}`;
  const style = after === null ? 'red' : before === null ? 'green' : 'yellow';
  return proseLines(`${address} ${text}${servicesText(services)}`, format, { first: 2, rest: 4 }).map(
    (line) => format.paint(style, line),
  );
}

function servicesText(services: readonly string[]): string {
  const more = services.length > SERVICES_SHOWN_MAX ? ' ...' : '';
  return services.length === 0 ? '' : ` (${services.slice(0, SERVICES_SHOWN_MAX).join(', ')}${more})`;
}

function limited(items: readonly (readonly string[])[], one: string, many?: string): readonly string[] {
  const more = items.length - LINES_MAX;
  return [
    ...items.slice(0, LINES_MAX).flat(),
    ...(more > 0 ? [`  and ${plural(more, one, many)}: -o json lists them`] : []),
  ];
}

/** The last line: what would be lost, in one sentence. Empty where nothing would change. */
export function announcementVerdict({ changes, restart }: AnnouncementPlan): string {
  const { sessions, routes, owners, unreached } = changes;
  const count = (change: SessionChange['change']): number =>
    sessions.filter((one) => one.change === change).reduce((sum, { nodes }) => sum + nodes.length, 0);
  const withdrawn = routes.filter(({ before, after }) => before.some((node) => !after.includes(node))).length;
  const advertised = routes.filter(({ before, after }) =>
    after.some((node) => !before.includes(node)),
  ).length;
  const changed = routes.filter(({ otherwise }) => otherwise.length > 0).length;
  const parts = [
    ...(unreached.length > 0
      ? [`${plural(unreached.length, 'address', 'addresses')} without a route and an owner`]
      : []),
    ...(withdrawn > 0 ? [`${plural(withdrawn, 'route')} withdrawn`] : []),
    ...(advertised > 0 ? [`${plural(advertised, 'route')} advertised`] : []),
    ...(changed > 0 ? [`${plural(changed, 'route')} with other attributes`] : []),
    ...(count('closes') > 0 ? [`${plural(count('closes'), 'session')} closed`] : []),
    ...(count('restarts') > 0 ? [`${plural(count('restarts'), 'session')} restarted`] : []),
    ...(count('opens') > 0 ? [`${plural(count('opens'), 'session')} opened`] : []),
    ...(owners.length > 0
      ? [`${plural(owners.length, 'address', 'addresses')} with another owner by layer 2`]
      : []),
    ...(restart === null ? [] : ['more when the speakers restart']),
  ];
  return parts.length === 0 ? 'The speakers would announce the same.' : `The speakers: ${parts.join(', ')}.`;
}

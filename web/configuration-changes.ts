/** What two documents in a row tell of changes of the configuration: its objects, and the routers that there are sessions with. */
import { isSameJson } from '../src/base/shared-json.ts';
import type { AnnouncingOverview } from '../src/overview/announcing-document.ts';
import type { OverviewDocument, PoolOverview, RecentChange } from '../src/overview/document.ts';
import { objectChanges, type Untimed } from './object-changes.ts';

type Configuration = Pick<OverviewDocument, 'pools' | 'announcing' | 'configuration' | 'kinds' | 'time'>;

/** Of the time of `after`. What one of them could not read is no change. */
export function configurationChanges(before: Configuration, after: Configuration): readonly RecentChange[] {
  const { time } = after;
  return [
    ...(before.pools === after.pools ? [] : poolChanges(before.pools, after.pools)),
    ...(before.announcing === after.announcing
      ? []
      : [
          ...routerChanges('BGPPeer', speakerPeers(before.announcing), speakerPeers(after.announcing)),
          ...routerChanges('Router', calicoRouters(before.announcing), calicoRouters(after.announcing)),
        ]),
    ...(before.configuration === after.configuration ? [] : objectChanges(before, after)),
  ].map((change) => ({ time, ...change }));
}

function poolChanges(
  before: readonly PoolOverview[] | null,
  after: readonly PoolOverview[] | null,
): readonly Untimed[] {
  if (before === null || after === null) return [];
  const old = new Map(before.map((pool) => [pool.name, pool]));
  const names = new Set(after.map(({ name }) => name));
  const says = (name: string, what: string): Untimed => ({ kind: 'IPAddressPool', name, says: what });
  return [
    ...after.flatMap((pool) => {
      const previous = old.get(pool.name);
      return (previous === undefined ? [`is new, with ${rangesOf(pool)}`] : editsOf(previous, pool)).map(
        (what) => says(pool.name, what),
      );
    }),
    ...before.filter(({ name }) => !names.has(name)).map(({ name }) => says(name, 'is gone')),
  ];
}

const rangesOf = ({ addresses }: PoolOverview): string => addresses.join(', ') || 'no addresses';

function editsOf(before: PoolOverview, after: PoolOverview): readonly string[] {
  return [
    ...(isSameJson(before.addresses, after.addresses)
      ? []
      : [`has ${rangesOf(after)} in place of ${rangesOf(before)}`]),
    ...(before.autoAssign === after.autoAssign
      ? []
      : [after.autoAssign ? 'is used without being requested' : 'is used on request alone']),
    ...(before.state === after.state
      ? []
      : [after.state === 'valid' ? 'is valid again' : `is invalid: ${after.issues.join('; ')}`]),
  ];
}

/** Null where no speaker was read. */
const speakerPeers = ({ speakers }: AnnouncingOverview): ReadonlySet<string> | null =>
  speakers === null ? null : new Set(speakers.flatMap(({ sessions }) => sessions.map(({ peer }) => peer)));

const calicoRouters = ({ calico }: AnnouncingOverview): ReadonlySet<string> | null =>
  calico === null ? null : new Set(calico.routers.map(({ router }) => router));

function routerChanges(
  kind: string,
  before: ReadonlySet<string> | null,
  after: ReadonlySet<string> | null,
): readonly Untimed[] {
  if (before === null || after === null) return [];
  const missingIn = (
    set: ReadonlySet<string>,
    names: ReadonlySet<string>,
    says: string,
  ): readonly Untimed[] => [...names].filter((name) => !set.has(name)).map((name) => ({ kind, name, says }));
  return [
    ...missingIn(before, after, 'is a neighbour of nodes now'),
    ...missingIn(after, before, 'is a neighbour of no node any more'),
  ];
}

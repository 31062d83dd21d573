/** A thousand Services of both families in three pools with different advertisements, and the routes that follow. */
import type { Family } from '../../../../../src/net/address.ts';
import type { AnyObject } from '../../../../controller/support/rig.ts';
import type { InteropCluster } from './cluster.ts';
import type { ReceivedRoute, ReceivedRoutes } from './received-routes.ts';
import { isInternal, type SessionSpec } from './session-spec.ts';

const BYTES_PER_SECOND_AN_ENDPOINT = 125_000_000;

type ServiceGroup = {
  readonly name: string;
  readonly count: number;
  readonly endpoints: number;
  readonly advertisement: AnyObject;
  readonly annotations: Readonly<Record<string, string>>;
  readonly communities: readonly string[];
  readonly large: readonly string[];
  readonly med: number | null;
  readonly prepend: number;
  readonly localPref: number;
  /** Null: no link bandwidth. */
  readonly weighted: { readonly transitive: boolean } | null;
};

/** A list as in the object. */
const GROUPS: readonly ServiceGroup[] = [
  {
    ...{ name: 'plain', count: 400, endpoints: 1, advertisement: {}, annotations: {} },
    ...{ communities: [], large: [], med: null, prepend: 0, localPref: 100, weighted: null },
  },
  {
    ...{ name: 'rich', count: 300, endpoints: 2 },
    advertisement: {
      communities: ['65001:100', '64999:65535', '65535:65281', 'large:4200000001:1:4294967295'],
      localPref: 250,
    },
    annotations: {
      'berth.dev/med': '4294967295',
      'berth.dev/as-path-prepend': '2',
      'berth.dev/weighted-ecmp': 'true',
    },
    communities: ['64999:65535', '65001:100', '65535:65281'],
    large: ['4200000001:1:4294967295'],
    ...{ med: 4_294_967_295, prepend: 2, localPref: 250, weighted: { transitive: false } },
  },
  {
    ...{ name: 'wide', count: 300, endpoints: 3 },
    advertisement: { communities: ['large:1:2:3', 'large:65001:0:9'], localPref: 4_294_967_295 },
    annotations: { 'berth.dev/med': '0', 'berth.dev/weighted-ecmp': 'transitive' },
    communities: [],
    large: ['1:2:3', '65001:0:9'],
    ...{ med: 0, prepend: 0, localPref: 4_294_967_295, weighted: { transitive: true } },
  },
];

const addressOf = (group: number, index: number, family: Family): string =>
  family === 4 ? `10.6${group}.${index >> 8}.${index & 0xff}` : `fd6${group}::${(index + 1).toString(16)}`;

const rangeOf = (group: number, family: Family): string =>
  family === 4 ? `10.6${group}.0.0/16` : `fd6${group}::/112`;

const nameOf = ({ name }: ServiceGroup, index: number): string => `${name}-${index}`;

const indexes = ({ count }: ServiceGroup): readonly number[] =>
  Array.from({ length: count }, (_, index) => index);

/** Creates the Services, with endpoints on that node. */
export function createThousandServices(cluster: InteropCluster, node: string): void {
  for (const [number, group] of GROUPS.entries()) {
    cluster.pool(
      group.name,
      [rangeOf(number, 4), rangeOf(number, 6)],
      group.advertisement,
      group.annotations,
    );
    for (const index of indexes(group)) {
      cluster.service(nameOf(group, index), [addressOf(number, index, 4), addressOf(number, index, 6)]);
      cluster.endpoints(nameOf(group, index), { [node]: group.endpoints });
    }
  }
}

/** Removes the endpoints of a whole group, or restores them. */
export function setServed(cluster: InteropCluster, node: string, name: string, isServed: boolean): void {
  const group = GROUPS.find((one) => one.name === name);
  if (group === undefined) throw new Error(`no group ${name}`);
  for (const index of indexes(group)) {
    if (isServed) cluster.endpoints(nameOf(group, index), { [node]: group.endpoints });
    else cluster.removeEndpoints(nameOf(group, index));
  }
}

/** Routes that the router of that session should have, without groups that are not served. */
export function expectedRoutes(
  session: SessionSpec,
  family: Family,
  unserved: readonly string[] = [],
): ReceivedRoutes {
  const routes = new Map<string, ReceivedRoute>();
  for (const [number, group] of GROUPS.entries()) {
    if (unserved.includes(group.name)) continue;
    const route = routeOf(group, session);
    for (const index of indexes(group))
      routes.set(`${addressOf(number, index, family)}/${family === 4 ? 32 : 128}`, route);
  }
  return routes;
}

const routeOf = (group: ServiceGroup, session: SessionSpec): ReceivedRoute => ({
  nextHop: session.ours.address,
  asPath: isInternal(session) ? [] : Array<number>(1 + group.prepend).fill(session.ours.as),
  origin: 'IGP',
  communities: group.communities,
  large: group.large,
  bandwidth:
    group.weighted === null
      ? null
      : {
          asn: session.ours.as,
          bytesPerSecond: group.endpoints * BYTES_PER_SECOND_AN_ENDPOINT,
          transitive: group.weighted.transitive,
        },
  med: group.med,
  localPref: isInternal(session) ? group.localPref : null,
});

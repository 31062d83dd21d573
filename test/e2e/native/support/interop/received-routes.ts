/** A route as sent and as received, in one form for all routers. */
import type { LinkBandwidth } from '../../../../../src/bgp/attributes/extended-community.ts';
import type { Daemon } from './daemons.ts';

export type ReceivedRoute = {
  readonly nextHop: string;
  readonly asPath: readonly number[];
  readonly origin: 'IGP' | 'EGP' | 'incomplete';
  /** `65001:100`, in order of their text. */
  readonly communities: readonly string[];
  readonly large: readonly string[];
  readonly bandwidth: LinkBandwidth | null;
  readonly med: number | null;
  readonly localPref: number | null;
};

/** By the prefix. */
export type ReceivedRoutes = ReadonlyMap<string, ReceivedRoute>;

/** The comparable part of a route: FRR and GoBGP do not show the form of a link bandwidth. */
export function asShownBy(daemon: Daemon, routes: ReceivedRoutes): ReceivedRoutes {
  if (daemon !== 'FRR' && daemon !== 'GoBGP') return routes;
  return new Map(
    [...routes].map(([prefix, route]) => [
      prefix,
      {
        ...route,
        bandwidth: route.bandwidth === null ? null : { ...route.bandwidth, transitive: false },
      },
    ]),
  );
}

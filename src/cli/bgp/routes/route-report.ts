/** The routes document of a speaker's status API, read leniently: the speaker may have another version. */
import { fieldsOf, listOf, type Raw, textOf } from '../../../base/json.ts';
import { givenReason } from '../speakers/given-reason.ts';

export type PeerRouteReport = {
  readonly node: string;
  readonly peer: string;
  readonly address: string;
  readonly state: string;
  readonly routes: readonly RouteReportEntry[];
};

export type RouteReportEntry = {
  readonly prefix: string;
  readonly status: string;
  readonly reason: string;
  /** Null if there is no path to advertise. */
  readonly path: PathReport | null;
};

export type PathReport = {
  readonly nextHop: string;
  readonly asPath: string;
  readonly localPref: string;
  readonly med: string;
  /** Standard, large and extended. */
  readonly communities: readonly string[];
};

/** `status` of a route that the router has received. */
export const ADVERTISED = 'told';

export const readRouteReports = (node: string, raw: Raw): readonly PeerRouteReport[] =>
  listOf(raw['peers'])
    .map(fieldsOf)
    .map((peer) => ({
      node,
      peer: textOf(peer['name']),
      address: textOf(peer['address']),
      state: textOf(peer['state']),
      routes: listOf(peer['routes']).map(fieldsOf).map(readRoute),
    }));

const readRoute = (raw: Raw): RouteReportEntry => ({
  prefix: textOf(raw['prefix']),
  status: textOf(raw['status']),
  reason: givenReason(raw),
  path: raw['path'] === null ? null : readPath(fieldsOf(raw['path'])),
});

const readPath = (raw: Raw): PathReport => ({
  nextHop: textOf(raw['nextHop']),
  asPath: textOf(raw['asPath']),
  localPref: String(raw['localPref'] ?? ''),
  med: String(raw['med'] ?? ''),
  communities: ['communities', 'large', 'extended'].flatMap((kind) => listOf(raw[kind]).map(textOf)),
});

/**
 * This file reads the routes to each Service from the RIBs of the simulated routers, and explains missing routes from
 * the speakers' status.
 */

import { formatAnnounceRefusal } from '../../announce/decision/refusal.ts';
import type { ServiceStatus } from '../../announce/model/service-status.ts';
import { abbreviateNames } from '../../base/text.ts';
import { FAMILY_BITS, parseAddress } from '../../net/address.ts';
import { formatPrefix, prefixContains } from '../../net/prefix.ts';
import type { ServiceKey } from '../../objects/service.ts';
import type { Neighbour } from '../../speaker/neighbour.ts';
import type { ServiceRow } from '../cluster/service-row.ts';
import type { SelectedPath } from './best-paths.ts';
import type { LearnedRoutes, LearnedRoutesByService } from './learned-routes.ts';
import type { LearnedPrefix, RouterRib } from './router-rib.ts';

/** The status of a speaker. */
export type SpeakerSnapshot = {
  readonly node: string;
  /** Null for a Service that the speaker has not received yet. */
  serviceStatus(key: ServiceKey): ServiceStatus | null;
  /** Whether the node is drained: the speaker has closed its sessions. */
  hasLeft(): boolean;
  readonly neighbours: readonly Pick<Neighbour, 'label' | 'session' | 'unadvertisable'>[];
};

export type NativeSnapshot = {
  readonly speakers: readonly SpeakerSnapshot[];
  /** By the address of the router. */
  readonly ribs: ReadonlyMap<string, RouterRib>;
};

/** The routes to each Service. A Service is omitted until every speaker has received its address. */
export function nativeLearnedRoutes(
  rows: readonly ServiceRow[],
  snapshot: NativeSnapshot,
): LearnedRoutesByService {
  return new Map(
    rows
      .filter(
        (row) =>
          row.state === 'assigned' && snapshot.speakers.every((speaker) => hasSeenService(speaker, row)),
      )
      .map((row) => [row.key, learnedRoutesOf(row, snapshot)]),
  );
}

function hasSeenService({ serviceStatus }: SpeakerSnapshot, { key, addresses }: ServiceRow): boolean {
  const verdict = serviceStatus(key)?.decision;
  if (verdict === undefined) return false;
  if (verdict.kind === 'refused') return verdict.refusal.code !== 'noIPAllocated';
  return verdict.record.addresses === addresses.join();
}

function learnedRoutesOf(row: ServiceRow, snapshot: NativeSnapshot): LearnedRoutes {
  const routes = new Map(row.addresses.map((text) => [text, routesTo(text, snapshot)]));
  const unlearned = [...routes].filter(([, lines]) => lines.length === 0).map(([text]) => text);
  if (unlearned.length === 0) return { byAddress: routes, isOk: true, note: null };
  const causes = snapshot.speakers.map((speaker) => ({
    node: speaker.node,
    ...explainUnlearned(speaker, row.key, unlearned),
  }));
  const reason = commonReason(causes);
  return {
    byAddress: new Map([...routes].map(([text, lines]) => [text, lines.length === 0 ? [reason] : lines])),
    isOk: false,
    note: `${unlearned.join(' and ')} ${unlearned.length === 1 ? 'is' : 'are'} learned by no router: ${joinMessages(causes)}.`,
  };
}

function routesTo(text: string, { ribs }: NativeSnapshot): readonly string[] {
  const address = parseAddress(text);
  if (!address.ok) return [];
  return [...ribs].flatMap(([router, rib]) => {
    const route = rib.lookUp(address.value);
    return route === null
      ? []
      : [`${router} via ${abbreviateNames(route.paths.map(pathText))}${prefixText(route)}`];
  });
}

const pathText = ({ node, weight, isDraining }: SelectedPath): string =>
  `${node}${weight === null ? '' : `×${Number(weight.toPrecision(3))}`}${isDraining ? ' (leaving)' : ''}`;

/** The prefix, where it is an aggregate: it covers more than this address. */
const prefixText = ({ prefix }: LearnedPrefix): string =>
  prefix.length === FAMILY_BITS[prefix.family] ? '' : ` by ${formatPrefix(prefix)}`;

type UnlearnedCause = { readonly reason: string; readonly message: string };

function explainUnlearned(
  { serviceStatus, hasLeft, neighbours }: SpeakerSnapshot,
  key: ServiceKey,
  unlearned: readonly string[],
): UnlearnedCause {
  const status = serviceStatus(key);
  if (status?.decision.kind === 'refused') {
    const { refusal } = status.decision;
    return { reason: capitalize(refusal.code), message: formatAnnounceRefusal(refusal) };
  }
  if (hasLeft()) return { reason: 'NodeLeaves', message: 'this node is drained and has closed its sessions' };
  if (neighbours.length === 0) return { reason: 'NoPeer', message: 'no BGPPeer selects this node' };
  const down = neighbours.find(({ session }) => session.state !== 'Established');
  if (down !== undefined) {
    const because = down.session.counters.lastError?.message;
    const message = `there is no session with ${down.label}${because === undefined ? '' : `: ${because}`}`;
    return { reason: 'NoSession', message };
  }
  const addresses = unlearned.map(parseAddress).flatMap((status) => (status.ok ? [status.value] : []));
  const unadvertisable = neighbours
    .flatMap((neighbour) => [...neighbour.unadvertisable])
    .find(({ prefix }) => addresses.some((status) => prefixContains(prefix, status)));
  return unadvertisable === undefined
    ? { reason: 'NotTold', message: 'this address is advertised to no BGPPeer of this node' }
    : { reason: 'NotTold', message: unadvertisable.reason };
}

const capitalize = (code: string): string => `${code.slice(0, 1).toUpperCase()}${code.slice(1)}`;

function commonReason(causes: readonly UnlearnedCause[]): string {
  if (causes.length === 0) return 'NoNode';
  const [reason = '', ...others] = new Set(causes.map((cause) => cause.reason));
  return others.length === 0 ? reason : 'NotLearned';
}

function joinMessages(causes: readonly (UnlearnedCause & { readonly node: string })[]): string {
  if (causes.length === 0) return 'there is no Node, and so no speaker';
  const nodesByMessage = new Map<string, string[]>();
  for (const { node, message } of causes)
    nodesByMessage.set(message, [...(nodesByMessage.get(message) ?? []), node]);
  return [...nodesByMessage].map(([message, nodes]) => `${message} (${abbreviateNames(nodes)})`).join('; ');
}

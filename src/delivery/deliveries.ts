/** How each address of the speakers' Services reaches its clients: the routes of nodes to peers, and the owner by layer 2. */
import { carriesPrefix, isTargetPeer } from '../announce/routes/routes.ts';
import { groupBy } from '../base/list.ts';
import { compareText } from '../base/text.ts';
import { type Address, type Family, formatAddress, parseAddress } from '../net/address.ts';
import { formatPrefix } from '../net/prefix.ts';
import type { ServiceKey } from '../objects/service.ts';
import { computeAnnouncements, type SpeakerAnnouncements, type SpeakerHistory } from './announcements.ts';
import type { SpeakerCluster } from './speaker-cluster.ts';

/** A route that a node advertises to a peer. */
export type DeliveryRoute = { readonly node: string; readonly peer: string; readonly prefix: string };

export type Delivery = {
  readonly service: ServiceKey;
  /** In its canonical form. */
  readonly address: string;
  readonly family: Family;
  /** In the order of nodes and peers. Each is advertised as soon as its session is established. */
  readonly routes: readonly DeliveryRoute[];
  /** The node that answers by layer 2; null where none does. */
  readonly owner: string | null;
};

/** Whether a route or an owner leads to it. */
export const isDelivered = ({ routes, owner }: Delivery): boolean => routes.length > 0 || owner !== null;

/** What the speakers announce, with the addresses that it is about. */
export type AnnouncedState = {
  readonly announcements: SpeakerAnnouncements;
  readonly deliveries: readonly Delivery[];
};

/** See `computeAnnouncements`. */
export function announcedState(
  cluster: SpeakerCluster,
  before: AnnouncedState | null,
  history: SpeakerHistory = 'running',
): AnnouncedState {
  const announcements = computeAnnouncements(cluster, before?.announcements ?? null, history);
  return { announcements, deliveries: deliveriesOf(cluster, announcements) };
}

/** Of the Services of the speakers' class that show an address; by Service, in the order of its status. */
function deliveriesOf(cluster: SpeakerCluster, announcements: SpeakerAnnouncements): readonly Delivery[] {
  const routes = routesByAddress(announcements);
  const owners = ownersByAddress(announcements);
  return cluster.services
    .filter(({ loadBalancerClass }) => loadBalancerClass === cluster.lbClass)
    .toSorted((a, b) => compareText(a.key, b.key))
    .flatMap(({ key, ingress }) =>
      addressesIn(ingress).map((address): Delivery => {
        const id = deliveryId(key, address);
        const { family } = address;
        const text = formatAddress(address);
        return {
          ...{ service: key, address: text, family },
          ...{ routes: routes.get(id) ?? [], owner: owners.get(id) ?? null },
        };
      }),
    );
}

/** Each once; entries without an address are left out. */
function addressesIn(ingress: readonly { readonly ip: string | null }[]): readonly Address[] {
  const parsed = ingress.flatMap(({ ip }) => {
    const address = ip === null ? null : parseAddress(ip);
    return address?.ok === true ? [address.value] : [];
  });
  return [...groupBy(parsed, formatAddress).values()].flatMap(([first]) => first ?? []);
}

const deliveryId = (service: ServiceKey, address: Address): string => `${service} ${formatAddress(address)}`;

function routesByAddress({ bgp }: SpeakerAnnouncements): ReadonlyMap<string, readonly DeliveryRoute[]> {
  const routes = new Map<string, DeliveryRoute[]>();
  for (const [node, { decisions, sessions }] of bgp) {
    for (const [service, decision] of decisions) {
      if (decision.kind !== 'announced') continue;
      for (const { address, prefix, advertisement } of decision.contributions) {
        const id = deliveryId(service, address);
        const own = sessions
          .filter(({ peer }) => isTargetPeer(peer, advertisement) && carriesPrefix(peer, prefix))
          .map(({ peer }) => ({ node, peer: peer.name, prefix: formatPrefix(prefix) }));
        const known = routes.get(id);
        if (known === undefined) routes.set(id, own);
        else known.push(...own);
      }
    }
  }
  return new Map(
    [...routes].map(([id, list]) => [id, [...groupBy(list, routeId).values()].flatMap(([one]) => one ?? [])]),
  );
}

const routeId = ({ node, peer, prefix }: DeliveryRoute): string => `${node} ${peer} ${prefix}`;

/** An owner with an interface that answers for the address; where interfaces are not known, with any. */
function ownersByAddress({ layer2 }: SpeakerAnnouncements): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const { group, standings, owner } of layer2.elections) {
    if (owner === null) continue;
    const own = standings.find(({ node }) => node === owner.node)?.standings ?? [];
    for (const [index, { service, addresses }] of group.entries()) {
      const standing = own[index];
      if (standing?.kind !== 'eligible') continue;
      for (const address of addresses)
        if (standing.answering[address.family]?.length !== 0)
          owners.set(deliveryId(service.key, address), owner.node);
    }
  }
  return owners;
}

/** How each address of the speakers' Services reaches its clients: the routes of nodes to peers, and the owner by layer 2. */
import { groupBy } from '../base/list.ts';
import { compareText } from '../base/text.ts';
import { type Address, type Family, formatAddress, parseAddress } from '../net/address.ts';
import type { ServiceKey } from '../objects/service.ts';
import { computeAnnouncements, type SpeakerAnnouncements, type SpeakerHistory } from './announcements.ts';
import { type DeliveryRoutes, deliveryRoutes } from './bgp/delivery-routes.ts';
import type { SpeakerCluster } from './speaker-cluster.ts';

export type Delivery = {
  readonly service: ServiceKey;
  /** In its canonical form. */
  readonly address: string;
  readonly family: Family;
  /** Each is advertised as soon as its session is established. */
  readonly routes: readonly DeliveryRoutes[];
  /** The node that answers by layer 2; null where none does. */
  readonly owner: string | null;
};

/** Whether a route or an owner leads to it. */
export const isDelivered = ({ routes, owner }: Delivery): boolean => routes.length > 0 || owner !== null;

/** What the speakers announce, with the addresses that it is about. */
export type AnnouncedState = {
  readonly announcements: SpeakerAnnouncements;
  readonly deliveries: readonly Delivery[];
  readonly deliveriesOf: (service: ServiceKey) => readonly Delivery[];
};

/** See `computeAnnouncements`. */
export function announcedState(
  cluster: SpeakerCluster,
  before: AnnouncedState | null,
  history: SpeakerHistory = 'running',
): AnnouncedState {
  const announcements = computeAnnouncements(cluster, before?.announcements ?? null, history);
  const deliveries = allDeliveries(cluster, announcements);
  const byService = groupBy(deliveries, ({ service }) => service);
  return { announcements, deliveries, deliveriesOf: (service) => byService.get(service) ?? [] };
}

/** Of the Services of the speakers' class that show an address; by Service, in the order of its status. */
function allDeliveries(cluster: SpeakerCluster, announcements: SpeakerAnnouncements): readonly Delivery[] {
  const routesOf = deliveryRoutes(announcements.bgp);
  const owners = ownersByAddress(announcements);
  return cluster.services
    .filter(({ loadBalancerClass }) => loadBalancerClass === cluster.lbClass)
    .toSorted((a, b) => compareText(a.key, b.key))
    .flatMap(({ key, ingress }) => {
      const routes = routesOf(key);
      return addressesIn(ingress).map((address): Delivery => {
        const text = formatAddress(address);
        return {
          ...{ service: key, address: text, family: address.family },
          ...{ routes: routes.get(text) ?? [], owner: owners.get(deliveryId(key, address)) ?? null },
        };
      });
    });
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

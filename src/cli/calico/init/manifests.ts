/** All objects of a set-up, in an order that applies: what others name goes before them. */
import type { Raw } from '../../../cluster/fields.ts';
import { formatPrefix } from '../../../net/prefix.ts';
import { formatRange } from '../../../net/range.ts';
import { DEFAULT_NAMESPACE } from '../../../program/flags.ts';
import { sharedWith } from './addresses.ts';
import { configurationManifest } from './configuration.ts';
import { type Manifest, V3 } from './manifest.ts';
import { passwordManifests } from './password.ts';
import { filterManifest, needsFilter, peerManifest } from './peers.ts';
import type { Wish } from './wish.ts';

export const manifestsFor = (wish: Wish): readonly Manifest[] => [
  ...(wish.password === null ? [] : passwordManifests(wish.password, wish.namespace)),
  ...(needsFilter(wish) ? [filterManifest(wish)] : []),
  configurationManifest(wish),
  ...wish.routers.map((router) => peerManifest(wish, router)),
  ...reservation(wish),
  poolManifest(wish),
];

/** What calicoctl knows how to apply. */
export const isCalicos = ({ object }: Manifest): boolean => object['apiVersion'] === V3;

/** Before the pool: from then on an address can be a Service's. */
function reservation({ listed, podNetworks }: Wish): readonly Manifest[] {
  const reservedCIDRs = sharedWith(listed.prefixes, podNetworks).map(formatPrefix);
  if (reservedCIDRs.length === 0) return [];
  const spec = { reservedCIDRs };
  return [
    {
      object: { apiVersion: V3, kind: 'IPReservation', metadata: { name: 'services' }, spec },
      says: [
        'These addresses lie in the pod network: from here on Calico gives none of them to a pod. Pods that have one already keep it until they are gone; a range of its own is better still.',
      ],
      notes: {},
    },
  ];
}

export function poolManifest({ ranges }: Pick<Wish, 'ranges'>): Manifest {
  const object: Raw = {
    apiVersion: 'metallb.io/v1beta1',
    kind: 'IPAddressPool',
    metadata: { name: 'services', namespace: DEFAULT_NAMESPACE },
    spec: { addresses: ranges.map(formatRange) },
  };
  return {
    object,
    says: [
      'What Berth gives to Services of type LoadBalancer. No IPPool of Calico is made for it: that would wake an allocator of its own.',
    ],
    notes: { 'metadata/namespace': "The namespace of Berth's controller." },
  };
}

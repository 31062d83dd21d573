/** All objects of a set-up, in an order that applies: what others name goes before them. */
import type { Raw } from '../../../base/json.ts';
import { formatPrefix } from '../../../net/prefix.ts';
import { formatRange } from '../../../net/range.ts';
import { DEFAULT_NAMESPACE } from '../../../runtime/flags.ts';
import { intersectPrefixes } from './addresses.ts';
import { type AnnotatedManifest, CALICO_V3 } from './annotated-manifest.ts';
import { configurationManifest } from './bgp-configuration.ts';
import { filterManifest, needsFilter, peerManifest } from './bgp-peers.ts';
import type { CalicoSetupOptions } from './options.ts';
import { passwordManifests } from './password.ts';

export const manifestsFor = (options: CalicoSetupOptions): readonly AnnotatedManifest[] => [
  ...(options.password === null ? [] : passwordManifests(options.password, options.namespace)),
  ...(needsFilter(options) ? [filterManifest(options)] : []),
  configurationManifest(options),
  ...options.routers.map((router) => peerManifest(options, router)),
  ...reservationManifests(options),
  poolManifest(options),
];

/** What calicoctl knows how to apply. */
export const isCalicoManifest = ({ object }: AnnotatedManifest): boolean =>
  object['apiVersion'] === CALICO_V3;

/** Before the pool: from then on an address can be a Service's. */
function reservationManifests({ advertised, podNetworks }: CalicoSetupOptions): readonly AnnotatedManifest[] {
  const reservedCIDRs = intersectPrefixes(advertised.prefixes, podNetworks).map(formatPrefix);
  if (reservedCIDRs.length === 0) return [];
  const spec = { reservedCIDRs };
  return [
    {
      object: { apiVersion: CALICO_V3, kind: 'IPReservation', metadata: { name: 'services' }, spec },
      comments: [
        'These addresses lie in the pod network: from here on Calico gives none of them to a pod. Pods that have one already keep it until they are gone; a range of its own is better still.',
      ],
      fieldComments: {},
    },
  ];
}

export function poolManifest({ ranges }: Pick<CalicoSetupOptions, 'ranges'>): AnnotatedManifest {
  const object: Raw = {
    apiVersion: 'metallb.io/v1beta1',
    kind: 'IPAddressPool',
    metadata: { name: 'services', namespace: DEFAULT_NAMESPACE },
    spec: { addresses: ranges.map(formatRange) },
  };
  return {
    object,
    comments: [
      'What Berth gives to Services of type LoadBalancer. No IPPool of Calico is made for it: that would wake an allocator of its own.',
    ],
    fieldComments: { 'metadata/namespace': "The namespace of Berth's controller." },
  };
}

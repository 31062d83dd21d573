/** All objects of a setup, in an order that can be applied: an object comes after those that it refers to. */
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

/** Whether calicoctl can apply it. */
export const isCalicoManifest = ({ object }: AnnotatedManifest): boolean =>
  object['apiVersion'] === CALICO_V3;

/** Comes before the pool, from which Services get addresses. */
function reservationManifests({ advertised, podNetworks }: CalicoSetupOptions): readonly AnnotatedManifest[] {
  const reservedCIDRs = intersectPrefixes(advertised.prefixes, podNetworks).map(formatPrefix);
  if (reservedCIDRs.length === 0) return [];
  const spec = { reservedCIDRs };
  return [
    {
      object: { apiVersion: CALICO_V3, kind: 'IPReservation', metadata: { name: 'services' }, spec },
      comments: [
        'These addresses are in the pod network: Calico will assign none of them to a new pod. Pods that already have one keep it. A separate range would be better.',
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
      'The addresses that Berth assigns to Services of type LoadBalancer. There is no IPPool of Calico for them: it would start an allocator of its own.',
    ],
    fieldComments: { 'metadata/namespace': "The namespace of Berth's controller." },
  };
}

/** BGPConfiguration `default`: what is announced, by which AS, and whether the nodes keep a mesh. */
import { behaviourOf } from '../../../calico/objects/version.ts';
import { formatPrefix } from '../../../net/prefix.ts';
import { type AnnotatedManifest, CALICO_V3 } from './annotated-manifest.ts';
import { AS_SCHEMA_MAX, type CalicoSetupOptions } from './options.ts';

export function configurationManifest(options: CalicoSetupOptions): AnnotatedManifest {
  const { advertised, nodeAS, isMeshOn, communities, version } = options;
  const cidrs = advertised.prefixes.map(formatPrefix);
  const { knowsAggregation } = behaviourOf(version);
  const spec = {
    asNumber: nodeAS,
    nodeToNodeMeshEnabled: isMeshOn,
    serviceLoadBalancerIPs: cidrs.map((cidr) => ({ cidr })),
    ...(knowsAggregation ? { serviceLoadBalancerAggregation: 'Enabled' } : {}),
    ...(communities.length === 0
      ? {}
      : { prefixAdvertisements: cidrs.map((cidr) => ({ cidr, communities })) }),
  };
  return {
    object: { apiVersion: CALICO_V3, kind: 'BGPConfiguration', metadata: { name: 'default' }, spec },
    comments: [
      'What Calico announces. Most clusters have this object already: what other settings it holds belongs in here, too, and its lists are replaced as a whole.',
    ],
    fieldComments: {
      'metadata/name': 'Calico reads the ranges of Services from the object of this name alone.',
      'spec/asNumber':
        nodeAS > AS_SCHEMA_MAX
          ? "The nodes' AS. One above 2147483647 takes Calico v3.33 or later."
          : "The nodes' AS; an annotation projectcalico.org/ASNumber on a Node goes before it.",
      'spec/nodeToNodeMeshEnabled': meshNote(options),
      'spec/serviceLoadBalancerIPs': rangesNote(options),
      ...(knowsAggregation
        ? {
            'spec/serviceLoadBalancerAggregation': `Every node that peers announces the ranges as a whole, and single addresses only where they differ. Disabled would make the nodes drop what their own processes send to Services.${version === null ? ' Leave this line out before Calico 3.31, which knows nothing else.' : ''}`,
          }
        : {}),
      ...(communities.length === 0
        ? {}
        : {
            'spec/prefixAdvertisements':
              'As wide as the ranges, or the ranges themselves would go out untagged; single addresses in them are tagged as well.',
          }),
    },
  };
}

function meshNote({ isMeshOn, usesLocalPolicy }: CalicoSetupOptions): string {
  if (!isMeshOn)
    return 'No sessions among the nodes: none passes on what another announced, and none learns the pod routes of another by itself. Pods need VXLAN, or a router that hands their routes around.';
  return usesLocalPolicy
    ? 'The nodes tell each other the pod routes. They would also pass on what another announced: the BGPFilter stops that.'
    : 'The nodes tell each other the pod routes. They also pass on single addresses that another announced; that harms only Services with externalTrafficPolicy Local, of which there are to be none.';
}

function rangesNote({ advertised }: CalicoSetupOptions): string {
  const list = (prefixes: CalicoSetupOptions['advertised']['pairs']): string =>
    prefixes.map(formatPrefix).join(', ');
  const base =
    'All that Services may get, and nothing else: Calico drops whatever is sent there for no Service.';
  const paired =
    advertised.pairs.length === 0
      ? ''
      : ` ${list(advertised.pairs)} stands for one address and its neighbour, which must be nobody's: for an entry of one address the nodes would drop what their own processes send there.`;
  const single =
    advertised.singles.length === 0
      ? ''
      : ` For ${list(advertised.singles)}, an entry of one address, nodes drop what their own processes send there; it cannot be widened, since a router is its neighbour.`;
  return `${base}${paired}${single}`;
}

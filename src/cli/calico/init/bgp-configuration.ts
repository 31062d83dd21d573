/** The BGPConfiguration `default`: advertised prefixes, AS number and mesh. */
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
      'What Calico advertises. Most clusters have this object already: add its other settings here, because lists are replaced as a whole.',
    ],
    fieldComments: {
      'metadata/name': 'Calico reads the ranges of Services only from the object of this name.',
      'spec/asNumber':
        nodeAS > AS_SCHEMA_MAX
          ? 'AS number of the nodes. Numbers above 2147483647 need Calico v3.33 or later.'
          : 'AS number of the nodes. The annotation projectcalico.org/ASNumber of a Node overrides it.',
      'spec/nodeToNodeMeshEnabled': meshNote(options),
      'spec/serviceLoadBalancerIPs': rangesNote(options),
      ...(knowsAggregation
        ? {
            'spec/serviceLoadBalancerAggregation': `Every node that peers advertises the whole ranges, and single addresses only where they differ. With Disabled the nodes would drop what their own processes send to Services.${version === null ? ' Remove this line before Calico 3.31, which has no such field.' : ''}`,
          }
        : {}),
      ...(communities.length === 0
        ? {}
        : {
            'spec/prefixAdvertisements':
              'As wide as the ranges, else the routes of the ranges would have no community. Single addresses in them get it too.',
          }),
    },
  };
}

function meshNote({ isMeshOn, usesLocalPolicy }: CalicoSetupOptions): string {
  if (!isMeshOn)
    return 'No sessions between the nodes: no node advertises routes of another one, and none learns the pod routes of the others. Pods need VXLAN, or a router that reflects their routes.';
  return usesLocalPolicy
    ? 'The nodes exchange pod routes. They would also advertise routes of other nodes to the routers: the BGPFilter prevents that.'
    : 'The nodes exchange pod routes. They also advertise single addresses of other nodes. That breaks only Services with externalTrafficPolicy Local: use none.';
}

function rangesNote({ advertised }: CalicoSetupOptions): string {
  const list = (prefixes: CalicoSetupOptions['advertised']['pairs']): string =>
    prefixes.map(formatPrefix).join(', ');
  const base =
    'Exactly the addresses of Services: Calico drops traffic to these ranges that is not for a Service.';
  const paired =
    advertised.pairs.length === 0
      ? ''
      : ` ${list(advertised.pairs)} contains one address for Services and one that must be unused. With an entry of a single address the nodes would drop what their own processes send to it.`;
  const single =
    advertised.singles.length === 0
      ? ''
      : ` ${list(advertised.singles)} is an entry of a single address: the nodes drop what their own processes send to it. It cannot be widened, because the other address is a router's.`;
  return `${base}${paired}${single}`;
}

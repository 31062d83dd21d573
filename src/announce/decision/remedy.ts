/** What would have a node announce a Service that it refuses: the other half of `formatAnnounceRefusal`. */
import { unreachable } from '../../base/invariant.ts';
import { quoteText } from '../../config/issue.ts';
import { EXCLUDE_LABEL } from '../../objects/node.ts';
import { splitServiceKey } from '../../objects/service.ts';
import type { AnnounceRefusal } from './refusal.ts';

export type RemedySubject = { readonly service: string; readonly node: string };

/** One sentence without a full stop, with the field or the command. */
export function announceRemedy(refusal: AnnounceRefusal, { service, node }: RemedySubject): string {
  const { namespace, name } = splitServiceKey(service);
  switch (refusal.code) {
    case 'notLoadBalancer':
      return 'set spec.type of the Service to LoadBalancer';
    case 'otherClass':
      return refusal.has === null
        ? `make the Service anew with spec.loadBalancerClass ${quoteText(refusal.wanted ?? '')}, or run the speakers without --lb-class`
        : `run the speakers and the controller with --lb-class ${refusal.has}, or make the Service anew without spec.loadBalancerClass`;
    case 'noIPAllocated':
      return `ask why it has none: berth explain service ${name} -n ${namespace}`;
    case 'invalidIP':
      return 'find out who writes status.loadBalancer of the Service beside the controller';
    case 'ipNotAllowed':
      return `list ${refusal.addresses.join(', ')} in spec.addresses of one IPAddressPool, or have the Service get an address of a pool`;
    case 'notOwner':
      return `name the pool in spec.ipAddressPools of a BGPAdvertisement whose spec.nodeSelectors take in ${node}`;
    case 'noMatchingAdvertisement':
      return `have spec.serviceSelectors of a BGPAdvertisement of pool ${quoteText(refusal.pool)} take in the labels of the Service`;
    case 'conflictingAdvertisements':
      return `set spec.localPref of ${refusal.names.map(quoteText).join(' and ')} to one value`;
    case 'nodeUnknown':
      return 'start the speaker with --node-name of a Node that there is';
    case 'nodeNetworkUnavailable':
      return `look at the network plugin of ${node}: it takes the condition away once Pods have a network`;
    case 'nodeLabeledExcludeBalancers':
      return `kubectl label node ${node} ${EXCLUDE_LABEL}-, or run the speakers with --ignore-exclude-lb`;
    case 'noLocalEndpoints':
      return `have a Pod of the Service ready on ${node}, or set spec.externalTrafficPolicy to Cluster`;
    case 'noEndpoints':
      return `have a Pod of the Service ready: kubectl get endpointslices -n ${namespace} -l kubernetes.io/service-name=${name}`;
    case 'noWeight':
      return `have a Pod of the Service ready on ${node}, or take berth.dev/weighted-ecmp off the BGPAdvertisement`;
    default:
      return unreachable(refusal);
  }
}

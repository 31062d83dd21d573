/** The change that makes a node announce a Service that it refuses; `formatAnnounceRefusal` gives the reason. */
import { unreachable } from '../../base/invariant.ts';
import { quoteText } from '../../config/issue.ts';
import { EXCLUDE_LABEL } from '../../objects/node.ts';
import { splitServiceKey } from '../../objects/service.ts';
import type { AnnounceRefusal } from './refusal.ts';

export type RemedySubject = { readonly service: string; readonly node: string };

/** One sentence without a full stop. It names the field to edit or the command to run. */
export function announceRemedy(refusal: AnnounceRefusal, { service, node }: RemedySubject): string {
  const { namespace, name } = splitServiceKey(service);
  switch (refusal.code) {
    case 'notLoadBalancer':
      return 'set spec.type of the Service to LoadBalancer';
    case 'otherClass':
      return refusal.has === null
        ? `recreate the Service with spec.loadBalancerClass ${quoteText(refusal.wanted ?? '')}, or run the speakers without --lb-class`
        : `run the speakers and the controller with --lb-class ${refusal.has}, or recreate the Service without spec.loadBalancerClass`;
    case 'noIPAllocated':
      return `see why it has none: berth explain service ${name} -n ${namespace}`;
    case 'invalidIP':
      return 'find what else writes status.loadBalancer of the Service, beside the controller';
    case 'ipNotAllowed':
      return `list ${refusal.addresses.join(', ')} in spec.addresses of one IPAddressPool, or let the Service get an address from a pool`;
    case 'notOwner':
      return `name the pool in spec.ipAddressPools of a BGPAdvertisement whose spec.nodeSelectors select ${node}`;
    case 'noMatchingAdvertisement':
      return `let spec.serviceSelectors of a BGPAdvertisement of pool ${quoteText(refusal.pool)} match the labels of the Service`;
    case 'conflictingAdvertisements':
      return `set spec.${refusal.field} of ${refusal.names.map(quoteText).join(' and ')} to one value`;
    case 'nodeUnknown':
      return 'start the speaker with the --node-name of an existing Node';
    case 'nodeNetworkUnavailable':
      return `check the network plugin on ${node}: it clears the condition once Pods have a network`;
    case 'nodeLabeledExcludeBalancers':
      return `kubectl label node ${node} ${EXCLUDE_LABEL}-, or run the speakers with --ignore-exclude-lb`;
    case 'noLocalEndpoints':
      return `get a Pod of the Service ready on ${node}, or set spec.externalTrafficPolicy to Cluster`;
    case 'noEndpoints':
      return `get a Pod of the Service ready: kubectl get endpointslices -n ${namespace} -l kubernetes.io/service-name=${name}`;
    case 'noWeight':
      return `get a Pod of the Service ready on ${node}, or remove berth.dev/weighted-ecmp from the BGPAdvertisement`;
    default:
      return unreachable(refusal);
  }
}

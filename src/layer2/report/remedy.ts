/** The change that lets a node answer for a Service by layer 2; `formatLayer2Refusal` gives the reason. */
import { announceRemedy, type RemedySubject } from '../../announce/decision/remedy.ts';
import { unreachable } from '../../base/invariant.ts';
import { quoteText } from '../../config/issue.ts';
import type { Layer2Refusal } from '../election/refusal.ts';

/** One sentence without a full stop. It names the field to edit or the command to run. */
export function layer2Remedy(refusal: Layer2Refusal, subject: RemedySubject): string {
  const { node } = subject;
  switch (refusal.code) {
    case 'noAdvertisement':
      return `name the pool ${quoteText(refusal.pool)} in spec.ipAddressPools of an L2Advertisement, and repair those that are invalid`;
    case 'noServiceSelected':
      return `let spec.serviceSelectors of an L2Advertisement of pool ${quoteText(refusal.pool)} match the labels of the Service`;
    case 'sharedWithSelectors':
      return `remove the annotation metallb.io/allow-shared-ip of the Service, or spec.serviceSelectors of the L2Advertisement ${refusal.names.map(quoteText).join(', ')}`;
    case 'nodeNotSelected':
      return `let spec.nodeSelectors of an L2Advertisement match the labels of ${node}`;
    case 'addressOfNode':
      return `take ${refusal.address} out of spec.addresses of the IPAddressPool, so that the Service gets another address`;
    case 'noInterface':
      return refusal.wanted === null
        ? `check the interfaces of ${node}: one must be up, and must not be excluded`
        : `name an interface of ${node} that is up, and not excluded, in spec.interfaces of the L2Advertisement ${refusal.names.map(quoteText).join(', ')}`;
    case 'notLoadBalancer':
    case 'otherClass':
    case 'noIPAllocated':
    case 'invalidIP':
    case 'ipNotAllowed':
    case 'noEndpoints':
    case 'nodeUnknown':
    case 'nodeNetworkUnavailable':
    case 'nodeLabeledExcludeBalancers':
    case 'noLocalEndpoints':
      return announceRemedy(refusal, subject);
    default:
      return unreachable(refusal);
  }
}

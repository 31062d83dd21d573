/** Reasons why a node does not announce a Service. The codes are those that MetalLB's speaker logs, where it has one. */
import { unreachable } from '../../base/invariant.ts';
import { quoteText } from '../../config/issue.ts';
import { EXCLUDE_LABEL } from '../../objects/node.ts';
import type { ConflictingField } from '../config/attribute-conflicts.ts';

export type AnnounceRefusal =
  | { readonly code: 'notLoadBalancer'; readonly type: string }
  | { readonly code: 'otherClass'; readonly has: string | null; readonly wanted: string | null }
  | { readonly code: 'noIPAllocated' }
  /** `text` is null for an entry with a host name alone. */
  | { readonly code: 'invalidIP'; readonly text: string | null }
  | { readonly code: 'ipNotAllowed'; readonly addresses: readonly string[] }
  | { readonly code: 'notOwner'; readonly pool: string }
  | { readonly code: 'noMatchingAdvertisement'; readonly pool: string }
  | {
      readonly code: 'conflictingAdvertisements';
      readonly field: ConflictingField;
      readonly names: readonly [string, string];
      readonly prefix: string;
    }
  | { readonly code: 'nodeUnknown' }
  | { readonly code: 'nodeNetworkUnavailable' }
  | { readonly code: 'nodeLabeledExcludeBalancers' }
  | { readonly code: 'noLocalEndpoints' }
  | { readonly code: 'noEndpoints' }
  | { readonly code: 'noWeight' };

/** One clause for the owner of the Service or of the node. */
export function formatAnnounceRefusal(refusal: AnnounceRefusal): string {
  switch (refusal.code) {
    case 'notLoadBalancer':
      return `its type is ${refusal.type === '' ? 'ClusterIP' : refusal.type}, not LoadBalancer`;
    case 'otherClass':
      return `its loadBalancerClass is ${classText(refusal.has)}; this speaker serves ${refusal.wanted === null ? 'Services without one' : quoteText(refusal.wanted)}`;
    case 'noIPAllocated':
      return 'it has no address yet';
    case 'invalidIP':
      return refusal.text === null
        ? 'its status lists a host name without an address'
        : `its status lists ${quoteText(refusal.text)}, which is no IP address`;
    case 'ipNotAllowed':
      return `no pool contains ${refusal.addresses.length === 1 ? '' : 'all of '}${refusal.addresses.join(', ')}`;
    case 'notOwner':
      return `no BGPAdvertisement of pool ${quoteText(refusal.pool)} selects this node`;
    case 'noMatchingAdvertisement':
      return `no BGPAdvertisement of pool ${quoteText(refusal.pool)} selects this Service on this node`;
    case 'conflictingAdvertisements':
      return `the BGPAdvertisements ${refusal.names.map(quoteText).join(' and ')} set different values of ${refusal.field} for ${refusal.prefix}: set the same value in both, or let only one of them select this Service`;
    case 'nodeUnknown':
      return 'there is no Node of this name';
    case 'nodeNetworkUnavailable':
      return 'the node has the condition NetworkUnavailable';
    case 'nodeLabeledExcludeBalancers':
      return `the node carries the label ${EXCLUDE_LABEL}`;
    case 'noLocalEndpoints':
      return 'externalTrafficPolicy is Local, and no endpoint on this node is ready or serving';
    case 'noEndpoints':
      return 'no endpoint is ready or serving';
    case 'noWeight':
      return 'its traffic is weighted (berth.dev/weighted-ecmp), and no endpoint on this node is ready or serving';
    default:
      return unreachable(refusal);
  }
}

const classText = (name: string | null): string => (name === null ? 'not set' : quoteText(name));

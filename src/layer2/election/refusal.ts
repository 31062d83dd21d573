/** Reasons why nobody answers for a Service by layer 2, or why one node may not. */
import { type AnnounceRefusal, formatAnnounceRefusal } from '../../announce/decision/refusal.ts';
import { unreachable } from '../../base/invariant.ts';
import { quoteText } from '../../config/issue.ts';
import type { Family } from '../../net/address.ts';

/** What concerns the Service, whichever the node. */
export type Layer2ServiceRefusal =
  | Extract<
      AnnounceRefusal,
      {
        code:
          | 'notLoadBalancer'
          | 'otherClass'
          | 'noIPAllocated'
          | 'invalidIP'
          | 'ipNotAllowed'
          | 'noEndpoints';
      }
    >
  | { readonly code: 'noAdvertisement'; readonly pool: string }
  | { readonly code: 'noServiceSelected'; readonly pool: string }
  | { readonly code: 'sharedWithSelectors'; readonly names: readonly string[] };

/** Services with these are no concern of layer 2. */
export const UNCONCERNED: ReadonlySet<Layer2ServiceRefusal['code']> = new Set([
  ...(['notLoadBalancer', 'otherClass', 'noIPAllocated', 'invalidIP', 'ipNotAllowed'] as const),
  'noAdvertisement',
]);

/** What concerns one node. */
export type Layer2NodeRefusal =
  | Extract<
      AnnounceRefusal,
      { code: 'nodeUnknown' | 'nodeNetworkUnavailable' | 'nodeLabeledExcludeBalancers' | 'noLocalEndpoints' }
    >
  | { readonly code: 'nodeNotSelected' }
  /** The address is one of the node `owner` itself. */
  | { readonly code: 'addressOfNode'; readonly address: string; readonly owner: string }
  /** `wanted` is null where all interfaces are allowed; otherwise `names` are the L2Advertisements that name them. */
  | {
      readonly code: 'noInterface';
      readonly wanted: readonly string[] | null;
      readonly names: readonly string[];
      readonly family: Family;
    };

export type Layer2Refusal = Layer2ServiceRefusal | Layer2NodeRefusal;

/** One clause for the owner of the Service or of the node. */
export function formatLayer2Refusal(refusal: Layer2Refusal): string {
  switch (refusal.code) {
    case 'noAdvertisement':
      return `no L2Advertisement covers pool ${quoteText(refusal.pool)}`;
    case 'noServiceSelected':
      return `no L2Advertisement of pool ${quoteText(refusal.pool)} selects this Service`;
    case 'sharedWithSelectors':
      return `it asks to share its address, and the L2Advertisement ${refusal.names.map(quoteText).join(', ')} has serviceSelectors`;
    case 'nodeNotSelected':
      return 'no L2Advertisement of the Service selects this node';
    case 'addressOfNode':
      return `${refusal.address} is an address of node ${refusal.owner} itself, so only that node may answer for it`;
    case 'noInterface':
      return `${interfacesText(refusal.wanted)} can answer by ${refusal.family === 4 ? 'ARP' : 'NDP'}`;
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
      return formatAnnounceRefusal(refusal);
    default:
      return unreachable(refusal);
  }
}

const interfacesText = (wanted: readonly string[] | null): string =>
  wanted === null ? 'no interface of the node' : `none of the interfaces ${wanted.join(', ')} of the node`;

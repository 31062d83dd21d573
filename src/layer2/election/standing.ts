/** Decides whether one node may answer for one kind of Service, by which interfaces, and how much it is preferred. */
import type { SpeakerFlags } from '../../announce/decision/should-announce.ts';
import { compareText } from '../../base/text.ts';
import type { L2Advertisement } from '../../config/l2-advertisement.ts';
import { selectsNode } from '../../config/node-selectors.ts';
import type { Family } from '../../net/address.ts';
import type { Node } from '../../objects/node.ts';
import { selectorMatches } from '../../objects/selector.ts';
import type { AnsweringInterface, PublishedInterface } from '../membership/speaker-presence.ts';
import type { Layer2NodeRefusal } from './refusal.ts';

/** A node as the election sees it. */
export type ElectionNode = {
  readonly name: string;
  /** Null where there is no Node object. Its own addresses are not known where they are left out. */
  readonly node:
    | (Pick<Node, 'labels' | 'isExcluded' | 'isNetworkUnavailable'> & Partial<Pick<Node, 'addresses'>>)
    | null;
  /** Null where its speaker has not published them: then they are taken to exist. */
  readonly interfaces: readonly ElectionInterface[] | null;
};

/** Its addresses are not known where they are left out. */
type ElectionInterface = AnsweringInterface & Partial<Pick<PublishedInterface, 'addresses'>>;

export type NodeStanding =
  | {
      readonly kind: 'eligible';
      /** Sum of the weights of the preferences that match the node. */
      readonly weight: number;
      /** The interfaces that the advertisements name, sorted, existing or not; null for all. As in ServiceL2Status. */
      readonly wanted: readonly string[] | null;
      /** By the family of the address: the interfaces that answer for it; null where they are not published. */
      readonly answering: Readonly<Record<Family, readonly string[] | null>>;
    }
  | { readonly kind: 'refused'; readonly refusal: Layer2NodeRefusal };

/** What one node may do for each Service of a group, in the order of the group. */
export type GroupStanding = { readonly node: string; readonly standings: readonly NodeStanding[] };

export type EligibleStanding = Extract<NodeStanding, { kind: 'eligible' }>;

/** What of a Service matters for a node. */
export type StandingSubject = {
  /** Of its addresses; not empty. */
  readonly families: readonly Family[];
  readonly advertisements: readonly L2Advertisement[];
  /** Whether the traffic policy allows the node: it has an endpoint there, or needs none. */
  readonly hasEndpoint: boolean;
};

export function nodeStanding(
  { families, advertisements, hasEndpoint }: StandingSubject,
  { node, interfaces }: ElectionNode,
  flags: Pick<SpeakerFlags, 'ignoreExcludeLabel'>,
): NodeStanding {
  if (node === null) return refused({ code: 'nodeUnknown' });
  if (node.isNetworkUnavailable) return refused({ code: 'nodeNetworkUnavailable' });
  if (node.isExcluded && !flags.ignoreExcludeLabel) return refused({ code: 'nodeLabeledExcludeBalancers' });
  const selecting = advertisements.filter(({ nodeSelectors }) => selectsNode(nodeSelectors, node.labels));
  if (selecting.length === 0) return refused({ code: 'nodeNotSelected' });
  if (!hasEndpoint) return refused({ code: 'noLocalEndpoints' });
  const wanted = selecting.some((one) => one.interfaces.length === 0)
    ? null
    : [...new Set(selecting.flatMap((one) => one.interfaces))].sort(compareText);
  const answering = {
    4: answeringFor(4, wanted, interfaces),
    6: answeringFor(6, wanted, interfaces),
  };
  const [family] = families;
  if (family !== undefined && families.every((one) => answering[one]?.length === 0))
    return refused({ code: 'noInterface', wanted, names: selecting.map((one) => one.name), family });
  const preferences = selecting.flatMap((one) => one.preferences);
  const weight = preferences
    .filter(({ selector }) => selectorMatches(selector, node.labels))
    .reduce((sum, one) => sum + one.weight, 0);
  return { kind: 'eligible', weight, wanted, answering };
}

const refused = (refusal: Layer2NodeRefusal): NodeStanding => ({ kind: 'refused', refusal });

function answeringFor(
  family: Family,
  wanted: readonly string[] | null,
  interfaces: readonly AnsweringInterface[] | null,
): readonly string[] | null {
  if (interfaces === null) return null;
  return interfaces
    .filter((one) => one.families[family] && (wanted === null || wanted.includes(one.name)))
    .map((one) => one.name)
    .sort(compareText);
}

/**
 * What a class of nodes decides about each Service. Its nodes differ only in their endpoints, so they have one answer in common,
 * and those answer apart whose endpoints matter for it: where the traffic policy is Local, and for weighted routes.
 */
import { isDeepStrictEqual } from 'node:util';
import { activeValues } from '../../announce/config/last-known-good.ts';
import type { NodeConfig } from '../../announce/config/node-config.ts';
import { type Endpoints, hasLocalEndpoints, sameEndpoints } from '../../announce/decision/endpoints.ts';
import type { AnnouncementRecord } from '../../announce/decision/service-addresses.ts';
import {
  type AnnounceDecision,
  decideAnnouncement,
  type SpeakerFlags,
} from '../../announce/decision/should-announce.ts';
import type { SpeakerService } from '../../announce/decision/speaker-service.ts';
import type { Node } from '../../objects/node.ts';
import type { ServiceKey } from '../../objects/service.ts';
import { NO_NODE_ENDPOINTS, type NodeEndpoints } from './node-endpoints.ts';

export type NodeDecision = { readonly decision: AnnounceDecision; readonly endpoints: Endpoints };

/** About one Service. */
export type ClassDecision = {
  /** Of all nodes but those in `apart`; at least one. */
  readonly common: NodeDecision;
  readonly apart: ReadonlyMap<string, NodeDecision>;
};

/** Nodes that decide about every Service in the same way, but for endpoints. */
export type DecisionClass = {
  /** In the order of names; at least one. */
  readonly nodes: readonly string[];
  readonly decisions: ReadonlyMap<ServiceKey, ClassDecision>;
};

export type ClassContext = {
  readonly nodes: ReadonlySet<string>;
  readonly nodeConfig: NodeConfig;
  readonly node: Pick<Node, 'isExcluded' | 'isNetworkUnavailable'>;
  readonly flags: SpeakerFlags;
  readonly endpoints: ReadonlyMap<ServiceKey, NodeEndpoints>;
  /** The class of all its nodes before; null where their speakers did not run. */
  readonly before: DecisionClass | null;
};

export function decideForClass(
  services: readonly SpeakerService[],
  context: ClassContext,
): ReadonlyMap<ServiceKey, ClassDecision> {
  const hasWeights = [...activeValues(context.nodeConfig.advertisements).values()].some(
    ({ extensions }) => extensions.weighting !== null,
  );
  return new Map(services.map((service) => [service.key, decideOne(service, hasWeights, context)]));
}

/** Nodes with one answer. */
type Variant = { readonly answer: NodeDecision; readonly record: AnnouncementRecord | null; count: number };

function decideOne(service: SpeakerService, hasWeights: boolean, context: ClassContext): ClassDecision {
  const { nodes, before, nodeConfig, node, flags } = context;
  const { elsewhere, byNode } = context.endpoints.get(service.key) ?? NO_NODE_ENDPOINTS;
  const previous = before?.decisions.get(service.key);
  const variants: Variant[] = [];
  const isLocal = service.externalTrafficPolicy === 'Local';
  const isSame = (a: Endpoints, b: Endpoints): boolean =>
    hasWeights ? sameEndpoints(a, b) : !isLocal || hasLocalEndpoints(a) === hasLocalEndpoints(b);
  const variantOf = (endpoints: Endpoints, last: NodeDecision | undefined): Variant => {
    const record = last?.decision.kind === 'announced' ? last.decision.record : null;
    const known = variants.find((one) => one.record === record && isSame(one.answer.endpoints, endpoints));
    if (known !== undefined) return known;
    const decision = decideAnnouncement(service, endpoints, {
      ...{ nodeConfig, node, flags },
      announcements: { get: () => record ?? undefined },
    });
    const added = { answer: { decision, endpoints }, record, count: 0 };
    variants.push(added);
    return added;
  };
  const lasting = variantOf(elsewhere, previous?.common);
  const apart = new Map<string, Variant>();
  const add = (name: string): void => {
    if (!nodes.has(name) || apart.has(name)) return;
    const variant = variantOf(byNode.get(name) ?? elsewhere, previous?.apart.get(name) ?? previous?.common);
    variant.count += 1;
    apart.set(name, variant);
  };
  if (isLocal || hasWeights) for (const name of byNode.keys()) add(name);
  for (const name of previous?.apart.keys() ?? []) add(name);
  lasting.count += nodes.size - apart.size;
  return settle(nodes, apart, lasting, variants);
}

/** The answer of most nodes is the common one. */
function settle(
  nodes: ReadonlySet<string>,
  apart: ReadonlyMap<string, Variant>,
  lasting: Variant,
  variants: readonly Variant[],
): ClassDecision {
  const most = variants.reduce((a, b) => (b.count > a.count ? b : a), lasting);
  const alike = new Set(variants.filter((one) => one === most || isSameRefusal(one.answer, most.answer)));
  const names = most === lasting ? apart.keys() : nodes;
  const others = [...names].flatMap((name) => {
    const variant = apart.get(name) ?? lasting;
    return alike.has(variant) ? [] : [[name, variant.answer] as const];
  });
  return { common: most.answer, apart: new Map(others) };
}

const isSameRefusal = ({ decision: a }: NodeDecision, { decision: b }: NodeDecision): boolean =>
  a.kind === 'refused' && b.kind === 'refused' && isDeepStrictEqual(a.refusal, b.refusal);

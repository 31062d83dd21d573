/** What all speakers of a cluster announce by BGP. It is computed by class of nodes, and expanded to nodes where they are shown. */
import type { NodeConfig } from '../../announce/config/node-config.ts';
import type { Peer } from '../../announce/config/peers.ts';
import type { AnnounceDecision, SpeakerFlags } from '../../announce/decision/should-announce.ts';
import type { ClusterObjects } from '../../announce/model/full-model.ts';
import { groupBy } from '../../base/list.ts';
import { rememberByObject } from '../../base/remember.ts';
import { compareText } from '../../base/text.ts';
import type { ServiceKey } from '../../objects/service.ts';
import { type ClassDecision, type DecisionClass, decideForClass } from './class-decisions.ts';
import { classRoutes, type RouteTable } from './class-routes.ts';
import { type ClassifyInput, type ConfigClass, classifyNodes, decisionKeys } from './node-classes.ts';
import { nodeEndpoints } from './node-endpoints.ts';

/** Nodes with the same peers. Several of them may be of one class of decisions. */
export type AnnouncingClass = ConfigClass & {
  readonly decisionClass: DecisionClass;
  readonly routesTo: (peer: Peer) => RouteTable;
};

export type BgpAnnouncements = {
  /** In the order of their first nodes. */
  readonly classes: readonly AnnouncingClass[];
  readonly classOf: (node: string) => AnnouncingClass | null;
};

/** Nodes of one class that decide the same about a Service. */
export type DecidedNodes = {
  readonly announcing: AnnouncingClass;
  readonly decision: AnnounceDecision;
  /** In the order of names; at least one. */
  readonly nodes: readonly string[];
};

export type BgpInput = Omit<ClassifyInput, 'objects'> & {
  readonly flags: SpeakerFlags;
  readonly objects: ClusterObjects;
};

/** `before` is what the speakers announced until now; null for speakers that have just started. */
export function announceByBgp(input: BgpInput, before: BgpAnnouncements | null): BgpAnnouncements {
  const { objects, flags } = input;
  const nodeClasses = classifyNodes(input, (node) => before?.classOf(node) ?? null);
  const endpoints = nodeEndpoints(objects.endpointSlices);
  const lastOf = ({ nodes: [first = ''] }: ConfigClass): DecisionClass | null =>
    before?.classOf(first)?.decisionClass ?? null;
  const keyOf = decisionKeys();
  const classes = [...groupBy(nodeClasses, (one) => keyOf(one, lastOf(one))).values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    const nodes = alike.flatMap((one) => one.nodes).sort();
    const { nodeConfig, example } = first;
    const context = { nodeConfig, node: example, flags, endpoints, before: lastOf(first) };
    const decisions = decideForClass(objects.services, { ...context, nodes: new Set(nodes) });
    const decisionClass = { nodes, decisions };
    const routesTo = classRoutes(decisionClass, objects.services);
    return alike.map((one): AnnouncingClass => ({ ...one, decisionClass, routesTo }));
  });
  classes.sort((a, b) => compareText(a.nodes[0] ?? '', b.nodes[0] ?? ''));
  const byNode = new Map(classes.flatMap((one) => one.nodes.map((node) => [node, one] as const)));
  return { classes, classOf: (node) => byNode.get(node) ?? null };
}

export const nodeConfigsOf = ({ classes }: BgpAnnouncements): readonly NodeConfig[] =>
  classes.map(({ nodeConfig }) => nodeConfig);

/** About one Service: every node is in one of the groups. None for a Service that is not known. */
export function decidedNodes({ classes }: BgpAnnouncements, service: ServiceKey): readonly DecidedNodes[] {
  return classes.flatMap((announcing): readonly DecidedNodes[] => {
    const decision = announcing.decisionClass.decisions.get(service);
    return decision === undefined ? [] : groupsOf(announcing, decision);
  });
}

/** As `decidedNodes`, of those that announce the Service: other nodes are not looked at. */
export function announcingNodes({ classes }: BgpAnnouncements, service: ServiceKey): readonly DecidedNodes[] {
  return classes.flatMap((announcing): readonly DecidedNodes[] => {
    const decision = announcing.decisionClass.decisions.get(service);
    if (decision === undefined) return [];
    if (decision.common.decision.kind === 'announced')
      return groupsOf(announcing, decision).filter(isAnnounced);
    return groupsApart(announcing, decision).filter(isAnnounced);
  });
}

const isAnnounced = ({ decision }: DecidedNodes): boolean => decision.kind === 'announced';

function groupsOf(announcing: AnnouncingClass, one: ClassDecision): readonly DecidedNodes[] {
  const { common, apart } = one;
  const { nodes } = announcing;
  const rest = apart.size === 0 ? nodes : nodes.filter((name) => !apart.has(name));
  const most = rest.length === 0 ? [] : [{ announcing, decision: common.decision, nodes: rest }];
  return [...most, ...groupsApart(announcing, one)];
}

function groupsApart(announcing: AnnouncingClass, { apart }: ClassDecision): readonly DecidedNodes[] {
  if (apart.size === 0) return [];
  const own = membersOf(announcing);
  const groups = new Map<AnnounceDecision, string[]>();
  for (const [name, { decision }] of apart) {
    if (!own.has(name)) continue;
    const known = groups.get(decision);
    if (known === undefined) groups.set(decision, [name]);
    else known.push(name);
  }
  return [...groups].map(([decision, nodes]) => ({ announcing, decision, nodes: nodes.sort() }));
}

const membersOf = rememberByObject(({ nodes }: AnnouncingClass): ReadonlySet<string> => new Set(nodes));

/** The endpoints of each Service by node: only nodes that have some are listed. */
import {
  type Endpoints,
  endpointsOnNode,
  joinEndpoints,
  NO_ENDPOINTS,
} from '../../announce/decision/endpoints.ts';
import { groupBy } from '../../base/list.ts';
import { rememberByObject } from '../../base/remember.ts';
import type { Endpoint, EndpointSlice } from '../../objects/endpoint-slice.ts';
import type { ServiceKey } from '../../objects/service.ts';

export type NodeEndpoints = {
  /** As a node sees them that has none of its own. */
  readonly elsewhere: Endpoints;
  readonly byNode: ReadonlyMap<string, Endpoints>;
};

export const NO_NODE_ENDPOINTS: NodeEndpoints = { elsewhere: NO_ENDPOINTS, byNode: new Map() };

/** The same as `endpointsByService` for each node, at the cost of the endpoints alone. */
export function nodeEndpoints(slices: readonly EndpointSlice[]): ReadonlyMap<ServiceKey, NodeEndpoints> {
  const parts = new Map<ServiceKey, NodeEndpoints[]>();
  for (const { service, endpoints } of slices) {
    if (service === null) continue;
    const known = parts.get(service);
    if (known === undefined) parts.set(service, [inList(endpoints)]);
    else known.push(inList(endpoints));
  }
  return new Map([...parts].map(([service, list]) => [service, joined(list)]));
}

/** Services may share a list of endpoints, where it is assumed. */
const inList = rememberByObject((endpoints: readonly Endpoint[]): NodeEndpoints => {
  const byNode = [...groupBy(endpoints, ({ node }) => node)].filter(([node]) => node !== '');
  const elsewhere = endpointsOnNode({ endpoints }, '');
  const own = byNode.map(([node, list]) => [node, endpointsOnNode({ endpoints: list }, node)] as const);
  return { elsewhere, byNode: new Map(own.filter(([, one]) => one.hasAny)) };
});

function joined(parts: readonly NodeEndpoints[]): NodeEndpoints {
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0) return only;
  const names = new Set(parts.flatMap(({ byNode }) => [...byNode.keys()]));
  return {
    elsewhere: joinEndpoints(parts.map(({ elsewhere }) => elsewhere)),
    byNode: new Map(
      [...names].map((node) => [
        node,
        joinEndpoints(parts.map(({ elsewhere, byNode }) => byNode.get(node) ?? elsewhere)),
      ]),
    ),
  };
}

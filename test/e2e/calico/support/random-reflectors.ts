/** Random small clusters with route reflectors, for daemons and the model alike. */
import type { Raw } from '../../../../src/base/json.ts';
import {
  configurationPatch,
  exposedService,
  node,
  object,
  withChanges,
} from '../../../calico/support/clusters.ts';
import type { Random } from '../../../support/random.ts';

const EXCLUDED = { 'node.kubernetes.io/exclude-from-external-load-balancers': 'true' };
const CLUSTER_IDS = ['1.1.1.1', '2.2.2.2'] as const;
const NODE_AS = 64_700;
const ROUTER_AS = 65_116;

/** The objects and the router, in the form of a case file. */
export function randomReflectors(random: Random): Raw {
  const reflectors = 1 + random.below(2);
  const nodes = Array.from({ length: 3 + random.below(2) }, (_, index) =>
    randomNode(random, index + 1, index < reflectors),
  );
  const names = nodes.map((_, index) => `w${index + 1}`);
  const isInternal = random.chance(0.25);
  const some = (): readonly string[] => names.filter(() => random.chance(0.4));
  const nextHop = (probability: number): Raw =>
    random.chance(probability) ? { nextHopMode: random.pick(['Keep', 'Self']) } : {};
  const tor = {
    ...{ nodeSelector: random.pick(['has(rr)', 'has(tor)', 'all()']), peerIP: '10.10.0.1' },
    ...{ asNumber: isInternal ? NODE_AS : ROUTER_AS, ...nextHop(0.4) },
  };
  const toReflectors = {
    nodeSelector: random.pick(['!has(rr)', 'all()']),
    peerSelector: 'has(rr)',
    ...nextHop(0.3),
  };
  const configuration = {
    nodeToNodeMeshEnabled: random.chance(0.4),
    serviceLoadBalancerAggregation: random.pick(['Enabled', 'Disabled']),
  };
  return {
    objects: [
      ...nodes,
      ...withChanges(configurationPatch(configuration)).filter(({ kind }) => kind === 'BGPConfiguration'),
      object('BGPPeer', 'tor', { spec: tor }),
      object('BGPPeer', 'to-reflectors', { spec: toReflectors }),
      ...exposedService('edge', { ip: '192.168.5.10', local: true, on: some() }),
      ...exposedService('web', { ip: '192.168.5.20', on: some() }),
    ],
    routers: [
      {
        ...(isInternal ? { as: NODE_AS, nodeAS: NODE_AS } : { as: ROUTER_AS }),
        ...(random.chance(0.3) ? { addPaths: true } : {}),
      },
    ],
  };
}

function randomNode(random: Random, number: number, isReflector: boolean): Raw {
  const labels = {
    ...(isReflector ? { rr: 'yes' } : {}),
    ...(random.chance(0.6) ? { tor: 'yes' } : {}),
    ...(random.chance(0.2) ? EXCLUDED : {}),
  };
  return node(
    `w${number}`,
    10 + number,
    labels,
    isReflector ? { 'projectcalico.org/RouteReflectorClusterID': random.pick(CLUSTER_IDS) } : {},
  );
}

/** Law: a tracker that follows changes one by one has the routes that a fresh model has of the same objects. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import {
  type ConvergedCluster,
  convergeCluster,
  routerFamily,
} from '../../../src/calico/cluster/converged-cluster.ts';
import { Tracker } from '../../../src/calico/cluster/tracker.ts';
import {
  type ClusterObject,
  clusterObjectKey,
  decodeClusterObjects,
} from '../../../src/calico/objects/cluster-object.ts';
import { CalicoModel } from '../../../src/calico/report/calico-model.ts';
import { formatPrefix } from '../../../src/net/prefix.ts';
import { specOf } from '../../../src/objects/metadata.ts';
import { type Random, underSeeds } from '../../support/random.ts';
import { exposedService, node, object } from '../support/clusters.ts';

const OPTIONS = { routerId: '', clusterIPs: '', hashRouterId: () => 1, isOff: false };

const routes = ({ routers, ribs }: ConvergedCluster): readonly string[] =>
  routers
    .flatMap((router) =>
      ribs[routerFamily(router)]
        .allRoutes(router)
        .map(({ prefix, senders }) => `${router.name} ${formatPrefix(prefix)} ${[...senders].sort().join()}`),
    )
    .sort();

const NODES = ['w1', 'w2', 'w3', 'w4'];
const SERVICES = ['a', 'b', 'c', 'd'];

/** Few addresses, so that Services come to share one. */
const service = (random: Random, name: string): readonly Raw[] =>
  exposedService(name, {
    ip: random.pick(['192.168.5.1', '192.168.5.2', '192.168.5.3', '192.168.9.1']),
    local: random.chance(0.6),
    on: NODES.filter(() => random.chance(0.4)),
    ready: random.chance(0.8),
  });

const decoded = (raws: readonly Raw[]) => decodeClusterObjects(raws) as [ClusterObject, ClusterObject];

const configuration = (random: Random): Raw =>
  object('BGPConfiguration', 'default', {
    spec: {
      nodeToNodeMeshEnabled: random.chance(0.5),
      serviceLoadBalancerAggregation: random.chance(0.5) ? 'Enabled' : 'Disabled',
      serviceLoadBalancerIPs: [
        { cidr: '192.168.5.0/24' },
        ...(random.chance(0.3) ? [{ cidr: '192.168.9.1/32' }] : []),
      ],
      ...(random.chance(0.3) ? { serviceClusterIPs: [{ cidr: '10.43.0.0/16' }] } : {}),
    },
  });

test('a tracker equals a fresh model after every step of a random history', () => {
  underSeeds(150, 5000, (random) => {
    const objects = decodeClusterObjects([
      ...NODES.map((name, index) =>
        node(
          name,
          11 + index,
          random.chance(0.15) ? { 'node.kubernetes.io/exclude-from-external-load-balancers': 'true' } : {},
        ),
      ),
      configuration(random),
      object('BGPPeer', 'tor', { spec: { peerIP: '10.10.0.1', asNumber: 65116 } }),
      ...SERVICES.flatMap((name) => service(random, name)),
    ]);
    const current = new Map(objects.map((one) => [clusterObjectKey(one), one]));
    const read = ['Node', 'Service', 'EndpointSlice', 'BGPPeer', 'BGPConfiguration', 'BGPFilter', 'IPPool'];
    const model = new CalicoModel(OPTIONS.hashRouterId);
    model.evaluate({ isFull: true, upserted: objects, deleted: [], read });
    const tracker = new Tracker(objects, (all) => convergeCluster(all, OPTIONS));
    for (let step = 0; step < 12; step++) {
      const [changed, slice] = decoded(service(random, random.pick(SERVICES)));
      const choice = random.below(10);
      const one =
        choice < 6
          ? slice
          : choice < 8
            ? changed
            : choice === 8
              ? { type: 'raw' as const, raw: configuration(random) }
              : slice;
      const kind =
        choice === 9 || (choice === 0 && current.has(clusterObjectKey(one))) ? 'deleted' : 'upserted';
      tracker.apply({ kind, object: one });
      if (kind === 'upserted') current.set(clusterObjectKey(one), one);
      else current.delete(clusterObjectKey(one));
      const now = model.evaluate({
        isFull: false,
        upserted: kind === 'upserted' ? [one] : [],
        deleted: kind === 'deleted' ? [one] : [],
        read,
      });
      const everything = { isFull: true, upserted: [...current.values()], deleted: [], read };
      assert.deepEqual(now, new CalicoModel(OPTIONS.hashRouterId).evaluate(everything));
      const fresh = convergeCluster([...current.values()], OPTIONS);
      assert.deepEqual(routes(tracker.converged), routes(fresh));
    }
  });
});

test('a changed EndpointSlice reads no object but its old and new version', () => {
  const seen = new Set<ClusterObject>();
  const watched = (object: ClusterObject): ClusterObject =>
    new Proxy(object, {
      get(target, field, receiver) {
        seen.add(target);
        return Reflect.get(target, field, receiver);
      },
    });
  const local = (name: string, on: readonly string[]): readonly Raw[] => {
    const low = name.charCodeAt(0);
    const [one, slice] = exposedService(name, { ip: `192.168.5.${low}`, local: true, on }) as [Raw, Raw];
    return [{ ...one, spec: { ...specOf(one), clusterIP: `10.43.0.${low}` } }, slice];
  };
  const objects = [
    ...NODES.map((name, index) => node(name, 11 + index)),
    object('BGPConfiguration', 'default', {
      spec: { nodeToNodeMeshEnabled: false, serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }] },
    }),
    object('BGPPeer', 'tor', { spec: { peerIP: '10.10.0.1', asNumber: 65116 } }),
  ];
  const services = SERVICES.flatMap((name) => local(name, ['w1']));
  const tracker = new Tracker(decodeClusterObjects([...objects, ...services]).map(watched), (all) =>
    convergeCluster(all, OPTIONS),
  );
  assert.ok(routes(tracker.converged).includes('10.10.0.1 192.168.5.98/32 w1'));
  for (const nodeName of ['w2', 'w3']) {
    seen.clear();
    const [, slice] = decoded(local('b', [nodeName]));
    tracker.apply({ kind: 'upserted', object: watched(slice) });
    assert.ok(routes(tracker.converged).includes(`10.10.0.1 192.168.5.98/32 ${nodeName}`));
    assert.equal(seen.size, 2);
  }
});

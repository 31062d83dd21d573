/** Law: routes computed with a few representative nodes equal the routes computed with all nodes. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fieldsOf, listOf, type Raw } from '../../../src/base/json.ts';
import { compareEcmp } from '../../../src/calico/bird/rib-path.ts';
import {
  type ConvergedCluster,
  convergeCluster,
  routerFamily,
} from '../../../src/calico/cluster/converged-cluster.ts';
import { convergeRibs } from '../../../src/calico/cluster/converged-ribs.ts';
import { nodeSpeaker, routerSpeaker } from '../../../src/calico/cluster/session-graph.ts';
import { decodeClusterObjects } from '../../../src/calico/objects/cluster-object.ts';
import { formatAddress } from '../../../src/net/address.ts';
import { formatPrefix } from '../../../src/net/prefix.ts';
import { mutate } from '../../support/mutation.ts';
import { underSeeds } from '../../support/random.ts';
import { ROWS } from '../support/finding-rows/all.ts';
import { randomCluster } from '../support/random-cluster.ts';

const folder = new URL('../support/cases/', import.meta.url);
const CASES: readonly (readonly Raw[])[] = [
  ...readdirSync(folder)
    .sort()
    .map((name) => listOf(JSON.parse(readFileSync(new URL(name, folder), 'utf8'))['objects']).map(fieldsOf)),
  ...ROWS.map(({ failing }) => failing),
];

const converge = (objects: readonly Raw[]): ConvergedCluster =>
  convergeCluster(decodeClusterObjects(objects), {
    routerId: '',
    clusterIPs: '',
    hashRouterId: () => 1,
    isOff: false,
  });

/** `router prefix <- senders, by next hops; AS path; communities`, in order. */
function queriedRoutes({ routers, ribs }: ConvergedCluster): readonly string[] {
  return routers
    .flatMap((router) =>
      ribs[routerFamily(router)].allRoutes(router).map(({ prefix, best, senders, nextHops }) =>
        line(
          router.name,
          formatPrefix(prefix),
          senders,
          nextHops.map(({ address }) => address),
          best.asPath,
          best.communities,
        ),
      ),
    )
    .sort();
}

/** As above, computed with every node. */
function fullRoutes({ nodeStates, routers }: ConvergedCluster): readonly string[] {
  return convergeRibs(nodeStates, routers)
    .flatMap(({ sessions, groups }) => {
      const senders = new Map(sessions.map(({ directionId, live }) => [directionId, live.node.name]));
      return routers.flatMap((router) =>
        groups.flatMap(({ prefixes, propagated }) => {
          const rib = propagated.ribs.get(routerSpeaker(router)) ?? [];
          const [best] = rib;
          if (best === undefined) return [];
          const equal = rib.filter((one) => compareEcmp(one, best) === 0);
          const from = equal.map(({ learnedVia }) => senders.get(learnedVia) ?? '');
          const hops = equal.flatMap(({ nextHop }) => (nextHop === null ? [] : [formatAddress(nextHop)]));
          return prefixes.map((prefix) =>
            line(router.name, formatPrefix(prefix), from, hops, best.asPath, best.communities),
          );
        }),
      );
    })
    .sort();
}

const line = (
  router: string,
  prefix: string,
  from: readonly string[],
  hops: readonly string[],
  asPath: readonly number[],
  communities: readonly string[],
): string =>
  `${router} ${prefix} <- ${[...new Set(from)].sort().join()}; ${[...new Set(hops)].sort().join()}; ${asPath.join(' ')}; ${[...communities].sort().join()}`;

function assertAgrees(objects: readonly Raw[]): void {
  const converged = converge(objects);
  assert.deepEqual(queriedRoutes(converged), fullRoutes(converged));
}

test('in every observed case and failing example', () => {
  for (const one of CASES) assertAgrees(one);
});

test('in randomly broken cases', () => {
  underSeeds(300, 10_000, (random) => assertAgrees(listOf(mutate(random, random.pick(CASES))).map(fieldsOf)));
});

test('in random clusters of up to a dozen nodes', () => {
  underSeeds(400, 10_000, (random) => assertAgrees(randomCluster(random)));
});

test('a node is a speaker of the name that RIB queries parse', () => {
  assert.equal(nodeSpeaker('w1'), 'node w1');
});

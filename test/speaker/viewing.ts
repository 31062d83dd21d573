/** Short words for what a view tells, for tests of it. */
import assert from 'node:assert/strict';
import { parsePrefix } from '../../src/net/prefix.ts';
import { View } from '../../src/speaker/view.ts';
import type { PeerView } from '../../src/speaker/viewpeers.ts';
import type { PeerRoutes } from '../../src/speaker/viewroutes.ts';
import type { Interface } from '../../src/speaker/viewsight.ts';
import type { World } from './world.ts';

function network(name: string, text: string): Interface {
  const read = parsePrefix(text);
  assert.ok(read.ok);
  return { name, network: read.value };
}

export const viewOf = (world: World, notReady: string | null = null): View =>
  new View({
    ...{ node: 'n1', clock: world.clock, speaker: world.speaker, picture: world.picture },
    ...{ history: world.history, notReady: () => notReady },
    interfaces: () => [network('lo', '127.0.0.0/8'), network('eth0', '10.213.0.0/24')],
  });

export function peerIn(world: World, name = 'r1'): PeerView {
  const found = viewOf(world)
    .peers()
    .peers.find((each) => each.name === name);
  assert.ok(found !== undefined);
  return found;
}

export function routesIn(world: World, name = 'r1'): PeerRoutes {
  const [found] = viewOf(world).routes(name).peers;
  assert.ok(found !== undefined);
  return found;
}

export const told = (world: World, name = 'r1'): readonly string[] =>
  routesIn(world, name).routes.map(({ prefix, status, says }) =>
    [prefix, status, ...(says === null ? [] : [says])].join(' '),
  );

/** Short words for what a view tells, for tests of it. */
import assert from 'node:assert/strict';
import { parsePrefix } from '../../../src/net/prefix.ts';
import type { NetworkInterface } from '../../../src/speaker/status-api/context.ts';
import type { PeerDocument } from '../../../src/speaker/status-api/peers-document.ts';
import type { PeerRoutesDocument } from '../../../src/speaker/status-api/routes-document.ts';
import { StatusApi } from '../../../src/speaker/status-api/status-api.ts';
import type { SpeakerWorld } from './speaker-world.ts';

function network(name: string, text: string): NetworkInterface {
  const read = parsePrefix(text);
  assert.ok(read.ok);
  return { name, network: read.value };
}

export const statusApiOf = (world: SpeakerWorld, notReady: string | null = null): StatusApi =>
  new StatusApi({
    ...{ node: 'n1', clock: world.clock, speaker: world.speaker, model: world.model },
    ...{ history: world.history, notReady: () => notReady },
    interfaces: () => [network('lo', '127.0.0.0/8'), network('eth0', '10.213.0.0/24')],
  });

export function peerDocument(world: SpeakerWorld, name = 'r1'): PeerDocument {
  const found = statusApiOf(world)
    .peers()
    .peers.find((each) => each.name === name);
  assert.ok(found !== undefined);
  return found;
}

export function routesDocument(world: SpeakerWorld, name = 'r1'): PeerRoutesDocument {
  const [found] = statusApiOf(world).routes(name).peers;
  assert.ok(found !== undefined);
  return found;
}

export const routeLines = (world: SpeakerWorld, name = 'r1'): readonly string[] =>
  routesDocument(world, name).routes.map(({ prefix, status, says }) =>
    [prefix, status, ...(says === null ? [] : [says])].join(' '),
  );

/** Documents of the status API for tests, and routes as short lines. */
import assert from 'node:assert/strict';
import type { NetworkInterface } from '../../../src/net/network-interface.ts';
import { parsePrefix } from '../../../src/net/prefix.ts';
import type { PeerDocument } from '../../../src/speaker/status-api/peers-document.ts';
import type {
  DocumentParts,
  PeerRoutesDocument,
  RoutesDocument,
} from '../../../src/speaker/status-api/routes-document.ts';
import { StatusApi } from '../../../src/speaker/status-api/status-api.ts';
import type { SpeakerHarness } from './speaker-harness.ts';

export function network(name: string, text: string): NetworkInterface {
  const read = parsePrefix(text);
  assert.ok(read.ok);
  return { name, network: read.value };
}

export const statusApiOf = (harness: SpeakerHarness, notReady: string | null = null): StatusApi =>
  new StatusApi({
    ...{ node: 'n1', clock: harness.clock, speaker: harness.speaker, model: harness.model },
    ...{ history: harness.history, notReady: () => notReady },
    interfaces: () => [network('lo', '127.0.0.0/8'), network('eth0', '10.213.0.0/24')],
  });

export function peerDocument(harness: SpeakerHarness, name = 'r1'): PeerDocument {
  const document = statusApiOf(harness)
    .peers()
    .peers.find((each) => each.name === name);
  assert.ok(document !== undefined);
  return document;
}

export const parseRoutes = (parts: DocumentParts): RoutesDocument => JSON.parse([...parts].join(''));

export function routesDocument(harness: SpeakerHarness, name = 'r1'): PeerRoutesDocument {
  const [document] = parseRoutes(statusApiOf(harness).routes(name)).peers;
  assert.ok(document !== undefined);
  return document;
}

export const routeLines = (harness: SpeakerHarness, name = 'r1'): readonly string[] =>
  routesDocument(harness, name).routes.map(({ prefix, status, says }) =>
    [prefix, status, ...(says === null ? [] : [says])].join(' '),
  );

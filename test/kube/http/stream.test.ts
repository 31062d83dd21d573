/** Tests watches over a real socket, for what a scripted client cannot show. */

import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { KubeClient } from '../../../src/kube/http/client.ts';
import type { StreamEnd } from '../../../src/kube/http/stream.ts';
import { Reflector } from '../../../src/kube/informer/reflector.ts';
import { SERVICES } from '../../../src/kube/resource.ts';
import { decodeNamespace } from '../../../src/objects/namespace.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { FastClock } from '../../controller/support/simulation/fast-clock.ts';
import {
  configFor,
  type RequestHandler,
  respondJson,
  startLoopback,
  statusBody,
} from '../support/loopback-server.ts';
import { REQUEST_TIMEOUT } from '../support/test-client.ts';

/** Seconds of the reflector in a real one. */
const CLOCK_SPEED = 20;

async function startClient(t: TestContext, answer: RequestHandler) {
  const server = await startLoopback(t, answer);
  const client = new KubeClient({
    config: configFor(server.url),
    clock: systemClock,
    userAgent: 'berth/test',
  });
  t.after(() => client.close());
  return { server, client };
}

/** Collects all that a stream delivers until it ends. */
function readUntilEnd(client: KubeClient): Promise<{ text: string; end: StreamEnd }> {
  return new Promise((resolve) => {
    let text = '';
    client.stream(
      { path: '/watch', timeout: REQUEST_TIMEOUT },
      {
        opened: () => {},
        bytes: (chunk) => {
          text += chunk.toString();
        },
        ended: (end) => resolve({ text, end }),
      },
    );
  });
}

describe('a stream', () => {
  const rows: readonly [title: string, answer: RequestHandler, text: string, kind: string][] = [
    ['that the server completes has ended', (_, response) => response.end('abc'), 'abc', 'ended'],
    [
      'that is cut is broken',
      (_, response, socket) => response.write('abc', () => socket.destroy()),
      'abc',
      'broken',
    ],
    [
      'that is refused has the refusal',
      (_, response) => respondJson(response, 410, statusBody(410, 'Expired', 'too old')),
      '',
      'refused',
    ],
    ['that is reset before it begins is broken', (_, __, socket) => socket.resetAndDestroy(), '', 'broken'],
  ];
  for (const [title, answer, text, kind] of rows) {
    it(title, async (t) => {
      const { client } = await startClient(t, answer);
      const received = await readUntilEnd(client);
      assert.deepEqual([received.text, received.end.kind], [text, kind]);
    });
  }

  it('that is cancelled closes its connection and delivers nothing more', async (t) => {
    const { server, client } = await startClient(t, (_, response) => response.write('abc'));
    let ended = false;
    await new Promise<void>((resolve) => {
      const hangUp = client.stream(
        { path: '/watch', timeout: REQUEST_TIMEOUT },
        {
          opened: () => {},
          bytes: () => {
            hangUp();
            resolve();
          },
          ended: () => {
            ended = true;
          },
        },
      );
    });
    while (server.sockets.size > 0) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(ended, false);
  });
});

it('a reflector on a real connection recovers from breaks in the middle of a line, and misses nothing', async (t) => {
  const all = Array.from({ length: 30 }, (_, n) => ({ name: `größe-${n}`, version: 101 + n }));
  const event = (n: number): string => {
    const { name, version } = all[n] ?? assert.fail();
    return `${JSON.stringify({ type: 'ADDED', object: { metadata: { name, resourceVersion: String(version) } } })}\n`;
  };
  /** Each connection gets three complete lines, and a fourth that lacks two bytes. */
  const watch = (from: number, response: ServerResponse): void => {
    const whole = [0, 1, 2].map((n) => from + n).filter((n) => n < all.length);
    const part = from + 3 < all.length ? Buffer.from(event(from + 3)).subarray(0, -2) : Buffer.alloc(0);
    response.write(Buffer.concat([...whole.map((n) => Buffer.from(event(n))), part]), () =>
      response.destroy(),
    );
  };
  const received: string[] = [];
  const { client } = await startClient(t, (seen, response) => {
    const { searchParams } = new URL(seen.url, 'http://x');
    if (searchParams.get('watch') !== 'true') {
      respondJson(response, 200, { metadata: { resourceVersion: String(100 + received.length) }, items: [] });
    } else watch(Number(searchParams.get('resourceVersion')) - 100, response);
  });
  const stop = new AbortController();
  const reflector = new Reflector({
    client,
    resource: SERVICES,
    // Waiting times are not tested here.
    clock: new FastClock(CLOCK_SPEED),
    random: () => 0,
    decode: decodeNamespace,
    keyOf: ({ name }) => name,
    handler: {
      replaced: () => {},
      changed: ({ name }) => {
        received.push(name);
        if (received.length === all.length) stop.abort();
      },
      deleted: () => {},
      stateChanged: () => {},
    },
  });
  await reflector.run(stop.signal);
  assert.deepEqual(
    received,
    all.map(({ name }) => name),
  );
});

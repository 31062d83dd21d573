/** Misbehaving routers, by what they do with a connection. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { prependAsn } from '../../../../src/bgp/attributes/as-path.ts';
import { DEFAULT_ATTRIBUTES, toNextHop } from '../../../../src/bgp/attributes/path.ts';
import { REFRESH_SUBTYPE } from '../../../../src/bgp/wire/message.ts';
import { encodeMessage } from '../../../../src/bgp/wire/write/encode.ts';
import { packAnnouncements } from '../../../../src/bgp/wire/write/pack.ts';
import type { Random } from '../../../support/random.ts';
import { OPEN_AND_KEEPALIVE, ROUTER_OPEN } from './conforming-router.ts';
import { portOf } from './raw-peer.ts';

export type Misbehaviour = (socket: Socket, random: Random) => void;

/** Starts a router and returns its port; `behave` gets every connection, which is paused. */
export async function startMisbehavingRouter(
  test: TestContext,
  behave: Misbehaviour,
  random: Random,
): Promise<number> {
  const open = new Set<Socket>();
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    behave(socket, random);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  test.after(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  return portOf(server);
}

const randomBytes = (random: Random, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, () => random.below(256));

/** Writes one octet in each turn of the event loop, then calls `then`. */
function writeByteByByte(socket: Socket, bytes: Uint8Array, then: () => void = () => {}): void {
  let at = 0;
  const next = (): void => {
    if (socket.destroyed) return;
    if (at === bytes.length) then();
    else socket.write(bytes.subarray(at, ++at), () => setImmediate(next));
  };
  next();
}

export const ROUTES_PER_MESSAGE = 800;
export const MILLION = 1_000_000;

/** An UPDATE of nearly 4096 octets. */
export function fullUpdate(): Uint8Array {
  const prefixes = Array.from({ length: ROUTES_PER_MESSAGE }, (_, at) => ({
    ...{ family: 4 as const, length: 32 },
    bits: BigInt(0x0a000000 + at),
  }));
  const attributes = { ...DEFAULT_ATTRIBUTES, asPath: prependAsn([], ROUTER_OPEN.asn) };
  const path = { nextHop: toNextHop({ family: 4, bits: 0xc0000201n }), attributes };
  const terms = { fourOctetAs: true, extendedNextHop: false, sendMax: 4096 };
  const packed = packAnnouncements({ family: 4, path, prefixes }, terms);
  const [message] = packed.ok ? packed.value : [];
  if (message === undefined) throw new Error('the prefixes do not fit into one message');
  return message;
}

/** Establishes the session, and sends so many full UPDATEs as fast as they are read. */
export const flood =
  (messages: number): Misbehaviour =>
  (socket) => {
    const message = fullUpdate();
    let sent = 0;
    const more = (): void => {
      while (sent < messages) {
        sent += 1;
        if (!socket.write(message)) return;
      }
    };
    socket.on('drain', more);
    socket.resume();
    socket.write(OPEN_AND_KEEPALIVE);
    more();
  };

export const MILLION_MESSAGES = MILLION / ROUTES_PER_MESSAGE;

const refresh = Buffer.concat(
  [1, 2].map((afi) =>
    encodeMessage({ kind: 'route-refresh', afi, safi: 1, subtype: REFRESH_SUBTYPE.request }),
  ),
);

/** Requests route refreshes without end, and never reads. */
export const refreshForever =
  (onRequest: () => void): Misbehaviour =>
  (socket) => {
    socket.write(OPEN_AND_KEEPALIVE);
    const request = (): void => {
      if (socket.destroyed) return;
      onRequest();
      socket.write(refresh, () => setImmediate(request));
    };
    request();
  };

export const MISBEHAVIOURS: Readonly<Record<string, Misbehaviour>> = {
  'sends random octets': (socket, random) => socket.write(randomBytes(random, 1 + random.below(5000))),
  'sends random octets once established': (socket, random) =>
    socket.write(Buffer.concat([OPEN_AND_KEEPALIVE, randomBytes(random, 1 + random.below(5000))])),
  'sends half an OPEN and closes': (socket) => socket.end(OPEN_AND_KEEPALIVE.subarray(0, 25)),
  'sends half an UPDATE and resets': (socket) =>
    socket.write(Buffer.concat([OPEN_AND_KEEPALIVE, fullUpdate().subarray(0, 2000)]), () =>
      socket.resetAndDestroy(),
    ),
  'sends octet by octet': (socket) => {
    socket.resume();
    writeByteByByte(socket, Buffer.concat([OPEN_AND_KEEPALIVE, fullUpdate()]));
  },
  'resets at once': (socket) => socket.resetAndDestroy(),
  'resets once established': (socket) => {
    socket.write(OPEN_AND_KEEPALIVE);
    socket.resume();
    socket.once('data', () => socket.resetAndDestroy());
  },
  'sends and reads nothing': () => {},
  'reads everything and sends nothing': (socket) => socket.resume(),
  'establishes the session and never reads': (socket) => socket.write(OPEN_AND_KEEPALIVE),
  'requests refreshes without end and never reads': refreshForever(() => {}),
  'sends a million routes': flood(MILLION_MESSAGES),
};

/** A port that refuses connections, since it was just closed. */
export async function refusingPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const LISTENER_SCRIPT =
  "const s = require('node:net').createServer(); s.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(s.address().port))";

/** A port of a stopped process with a full accept queue: a SYN gets no answer. */
export async function unresponsivePort(test: TestContext): Promise<number> {
  const child = spawn(process.execPath, ['-e', LISTENER_SCRIPT], { stdio: ['ignore', 'pipe', 'inherit'] });
  test.after(() => child.kill('SIGKILL'));
  const [line] = await once(child.stdout, 'data');
  const port = Number(String(line));
  child.kill('SIGSTOP');
  for (let queued = 0; queued < 4; queued++) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    test.after(() => socket.destroy());
  }
  return port;
}

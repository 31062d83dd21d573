/** A conforming router on loopback: accepts connections, answers, and stores the routes that it receives. */
import { createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { EXTENDED_BYTES_MAX } from '../../../../src/bgp/wire/codes.ts';
import { KEEPALIVE, type Message, type Open } from '../../../../src/bgp/wire/message.ts';
import { BEFORE_OPEN, type NegotiatedTerms, negotiate } from '../../../../src/bgp/wire/negotiated.ts';
import { decodePrefixes } from '../../../../src/bgp/wire/nlri.ts';
import { decodeBody } from '../../../../src/bgp/wire/read/decode.ts';
import { Framer } from '../../../../src/bgp/wire/read/framer.ts';
import { encodeMessage } from '../../../../src/bgp/wire/write/encode.ts';
import { formatPrefix } from '../../../../src/net/prefix.ts';

export const ROUTER_OPEN: Open = {
  ...{ kind: 'open', asn: 64_512, holdTime: 90, routerId: 0x7f000001 },
  capabilities: [
    { kind: 'multiprotocol', afi: 1, safi: 1 },
    { kind: 'multiprotocol', afi: 2, safi: 1 },
    { kind: 'route-refresh' },
    { kind: 'four-octet-as', asn: 64_512 },
  ],
};

/** The messages that establish a session. */
export const OPEN_AND_KEEPALIVE = Buffer.concat([encodeMessage(ROUTER_OPEN), encodeMessage(KEEPALIVE)]);

export class ConformingRouter {
  readonly routes = new Set<string>();
  /** Connections so far. */
  connects = 0;
  /** Unexpected NOTIFICATIONs and connection losses. */
  readonly sessionEnds: string[] = [];
  onUpdate: () => void = () => {};
  /** It answers KEEPALIVEs with KEEPALIVEs. */
  answersKeepalives = true;
  readonly #server: Server;
  #socket: Socket | null = null;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => this.#accept(socket));
  }

  static async listen(test: TestContext): Promise<ConformingRouter> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const router = new ConformingRouter(server);
    test.after(() => {
      server.close();
      router.#socket?.destroy();
    });
    return router;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get table(): readonly string[] {
    return [...this.routes].sort();
  }

  send(message: Exclude<Message, { kind: 'update' }>): void {
    this.#socket?.write(encodeMessage(message));
  }

  resetConnection(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.routes.clear();
    socket?.resetAndDestroy();
  }

  #accept(socket: Socket): void {
    this.connects += 1;
    this.#socket = socket;
    this.routes.clear();
    const framer = new Framer(EXTENDED_BYTES_MAX);
    let negotiated: NegotiatedTerms | null = null;
    const lost = (reason: string): void => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.sessionEnds.push(reason);
    };
    socket.on('error', () => {});
    socket.on('close', () => lost('closed'));
    socket.on('data', (chunk) => {
      framer.push(chunk);
      for (let next = framer.next(); next.ok && next.value !== null; next = framer.next()) {
        const read = decodeBody(next.value, {
          ...BEFORE_OPEN,
          ...negotiated,
          receiveMax: EXTENDED_BYTES_MAX,
        });
        if (!read.ok) lost(read.error.reason);
        else if (read.value.kind === 'open') {
          negotiated = negotiate(ROUTER_OPEN, read.value);
          socket.write(OPEN_AND_KEEPALIVE);
        } else this.#receive(socket, read.value, lost);
      }
    });
  }

  #receive(socket: Socket, message: Message, lost: (reason: string) => void): void {
    if (message.kind === 'notification') lost(`${message.code}/${message.subcode}`);
    if (message.kind === 'keepalive' && this.answersKeepalives) socket.write(encodeMessage(KEEPALIVE));
    if (message.kind !== 'update') return;
    for (const prefix of message.withdrawn.flatMap(decodePrefixes)) this.routes.delete(formatPrefix(prefix));
    for (const { nlri } of message.announced)
      for (const prefix of decodePrefixes(nlri)) this.routes.add(formatPrefix(prefix));
    this.onUpdate();
  }
}

/**
 * Takes the connections of peers that dial us, one port for each family, and hands each to the peer whose address it
 * comes from; whoever is not expected is hung up on. A connection comes through only under the password of its peer:
 * the kernel sees to that, from before the first packet.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { err, ok, type Result } from '../../base/result.ts';
import { type Address, type Family, formatAddress, parseAddress } from '../../net/address.ts';
import type { Remote } from '../session/remote.ts';
import { descriptorOf, type Kernel, loadKernel } from './kernel.ts';
import { describeListenError } from './socket-errors.ts';
import { maxTtlOption, md5KeyOption, protectionOptions, type SocketOption } from './socket-options.ts';

export type ExpectedPeer = Pick<Remote, 'address' | 'password' | 'ttlSecurity'>;

type PeerRegistration = {
  readonly expected: ExpectedPeer;
  readonly kernel: Kernel | null;
  readonly accept: (socket: Socket) => void;
};

const ANY_HOST: Readonly<Record<Family, string>> = { 4: '0.0.0.0', 6: '::' };

/** Connections that wait to be accepted; more than that are made to try again. */
const BACKLOG = 128;

export class BgpListener {
  readonly #servers: ReadonlyMap<Family, Server>;
  readonly #registrations = new Map<string, PeerRegistration>();
  /** Counts what was asked for, so that what comes late is not taken for the last word. */
  #requestCount = 0;
  readonly #latestRequest = new Map<string, number>();
  readonly port: number;

  private constructor(servers: ReadonlyMap<Family, Server>, port: number) {
    this.#servers = servers;
    this.port = port;
    for (const server of servers.values()) server.on('connection', (socket) => this.#onConnection(socket));
  }

  /**
   * Port 0 takes a free one, of one family only. A family that the kernel does not have is left out. The error is a
   * sentence.
   */
  static async open(
    families: readonly Family[],
    port: number,
    hosts: Readonly<Record<Family, string>> = ANY_HOST,
  ): Promise<Result<BgpListener, string>> {
    const servers = new Map<Family, Server>();
    for (const family of families) {
      const server = await listenOn(family, port, hosts[family]);
      if (!server.ok) {
        for (const opened of servers.values()) opened.close();
        return server;
      }
      if (server.value !== null) servers.set(family, server.value);
    }
    const [first] = servers.values();
    if (first === undefined)
      return err(`${families.map((one) => `IPv${one}`).join(' and ')} cannot be had on this node`);
    const address = first.address();
    return ok(new BgpListener(servers, typeof address === 'object' ? (address?.port ?? port) : port));
  }

  /** Until `forget`; said again, the new password counts from then on. Null, or why that peer cannot come in. */
  async expect(expected: ExpectedPeer, accept: (socket: Socket) => void): Promise<string | null> {
    const { address } = expected;
    if (!this.#servers.has(address.family))
      return `nobody is taken in over IPv${address.family} on this node`;
    const key = formatAddress(address);
    const request = ++this.#requestCount;
    this.#latestRequest.set(key, request);
    const kernel = await kernelIfNeeded(expected, this.#registrations.get(key)?.expected ?? null);
    if (this.#latestRequest.get(key) !== request) return null;
    const failure = kernel.ok ? this.#applyPortOptions(expected, kernel.value) : kernel.error;
    if (!kernel.ok || failure !== null) {
      this.forget(address); // what it came in with before counts no longer
      return failure;
    }
    this.#registrations.set(key, { expected, kernel: kernel.value, accept });
    return null;
  }

  forget(address: Address): void {
    const key = formatAddress(address);
    const registration = this.#registrations.get(key);
    this.#latestRequest.delete(key);
    this.#registrations.delete(key);
    if (registration?.kernel && registration.expected.password)
      this.#setPortOptions(address.family, registration.kernel, [md5KeyOption(address, '')]);
  }

  /** Connections that were handed over go on. */
  close(): void {
    for (const server of this.#servers.values()) server.close();
  }

  /** The port has to answer under the key, and with a full TTL, before there is a connection to set it on. */
  #applyPortOptions(expected: ExpectedPeer, kernel: Kernel | null): string | null {
    if (kernel === null) return null;
    const { address, password, ttlSecurity } = expected;
    const previousPassword = this.#registrations.get(formatAddress(address))?.expected.password;
    return this.#setPortOptions(address.family, kernel, [
      ...(password ? [md5KeyOption(address, password)] : previousPassword ? [md5KeyOption(address, '')] : []),
      ...(ttlSecurity === null ? [] : [maxTtlOption(address.family)]),
    ]);
  }

  #setPortOptions(family: Family, kernel: Kernel, options: readonly SocketOption[]): string | null {
    const server = this.#servers.get(family);
    const fd = server === undefined ? null : descriptorOf(server);
    return fd === null ? 'Node does not tell the descriptor of a port' : kernel.setOptions(fd, options);
  }

  #onConnection(socket: Socket): void {
    const address = parseAddress(socket.remoteAddress ?? '');
    const registration = address.ok ? this.#registrations.get(formatAddress(address.value)) : undefined;
    if (registration === undefined || !applyConnectionOptions(socket, registration)) socket.destroy();
    else registration.accept(socket);
  }
}

/** How near the peer has to be is a matter of each connection: the port is everybody's. */
function applyConnectionOptions(socket: Socket, { expected, kernel }: PeerRegistration): boolean {
  const options = protectionOptions(expected);
  if (options.length === 0) return true;
  const fd = descriptorOf(socket);
  return fd !== null && kernel?.setOptions(fd, options) === null;
}

/** Null where plain sockets do; a key that is to go needs it too. */
async function kernelIfNeeded(
  expected: ExpectedPeer,
  previous: ExpectedPeer | null,
): Promise<Result<Kernel | null, string>> {
  const isPlain = protectionOptions(expected).length === 0 && !previous?.password;
  return isPlain ? ok(null) : loadKernel();
}

/** Null where there is no such family. */
function listenOn(family: Family, port: number, host: string): Promise<Result<Server | null, string>> {
  const server = createServer({ pauseOnConnect: true, noDelay: true });
  return new Promise((resolve) => {
    const onError = (error: NodeJS.ErrnoException): void =>
      resolve(error.code === 'EAFNOSUPPORT' ? ok(null) : err(describeListenError(error, port)));
    server.once('error', onError);
    server.listen({ port, host, ipv6Only: family === 6, backlog: BACKLOG }, () => {
      server.off('error', onError);
      server.on('error', () => {}); // of one that could not be accepted: the peer tries again
      resolve(ok(server));
    });
  });
}

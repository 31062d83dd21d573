/**
 * BGP listener: accepts inbound connections, on one socket for each address family, and passes each to the session of its
 * source address; connections from other addresses are closed. The kernel enforces the peer's password (TCP MD5) from the
 * first packet on.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { err, ok, type Result } from '../../base/result.ts';
import { type Family, formatAddress, parseAddress } from '../../net/address.ts';
import { descriptorOf, type Kernel, loadKernel } from '../../sockets/kernel.ts';
import {
  maxTtlOption,
  md5KeyOption,
  PROTECTION_FEATURE,
  protectionOptions,
  type SocketOption,
} from '../../sockets/socket-options.ts';
import type { Remote } from '../session/remote.ts';
import { describeListenError } from './socket-errors.ts';

export type ExpectedPeer = Pick<Remote, 'address' | 'password' | 'ttlSecurity'>;

type Expectation = {
  readonly expected: ExpectedPeer;
  readonly accept: (socket: Socket) => void;
};

type PeerRegistration = Expectation & { readonly kernel: Kernel | null };

const ANY_HOST: Readonly<Record<Family, string>> = { 4: '0.0.0.0', 6: '::' };

/** Connections that may wait to be accepted. */
const BACKLOG = 128;

export class BgpListener {
  readonly #servers: ReadonlyMap<Family, Server>;
  readonly #registrations = new Map<string, PeerRegistration>();
  /**
   * Who is expected of an address, the latest last, which gets its connections: neither a slow earlier call of `expect` nor a late
   * `forget` overrides a later call.
   */
  readonly #expectations = new Map<string, readonly Expectation[]>();
  readonly port: number;

  private constructor(servers: ReadonlyMap<Family, Server>, port: number) {
    this.#servers = servers;
    this.port = port;
    for (const server of servers.values()) server.on('connection', (socket) => this.#onConnection(socket));
  }

  /**
   * Opens `port` for each family; 0 selects a free port, for one family only. A family that the kernel does not support is
   * skipped. The error is a sentence.
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
      return err(`this node does not support ${families.map((one) => `IPv${one}`).join(' or ')}`);
    const address = first.address();
    return ok(new BgpListener(servers, typeof address === 'object' ? (address?.port ?? port) : port));
  }

  /**
   * Accepts connections of that peer until `forget` with the same object. Another peer of its address takes its place, for as long
   * as that one is expected. Null, or why it cannot.
   */
  async expect(expected: ExpectedPeer, accept: (socket: Socket) => void): Promise<string | null> {
    const { address } = expected;
    if (!this.#servers.has(address.family)) return `this node does not listen on IPv${address.family}`;
    const key = formatAddress(address);
    const expectation = { expected, accept };
    this.#expectations.set(key, [...(this.#expectations.get(key) ?? []), expectation]);
    return this.#register(key, expectation);
  }

  async #register(key: string, { expected, accept }: Expectation): Promise<string | null> {
    const kernel = await kernelIfNeeded(expected, this.#registrations.get(key)?.expected ?? null);
    if (this.#latest(key)?.expected !== expected) return null;
    const failure = kernel.ok ? this.#applyPortOptions(expected, kernel.value) : kernel.error;
    if (!kernel.ok || failure !== null) {
      this.forget(expected); // the previous password no longer applies
      return failure;
    }
    this.#registrations.set(key, { expected, kernel: kernel.value, accept });
    return null;
  }

  /** Nothing changes where another peer of that address is expected since; one that was before it is so again. */
  forget(expected: ExpectedPeer): void {
    const { address } = expected;
    const key = formatAddress(address);
    const isLatest = this.#latest(key)?.expected === expected;
    const others = (this.#expectations.get(key) ?? []).filter((one) => one.expected !== expected);
    if (others.length > 0) this.#expectations.set(key, others);
    else this.#expectations.delete(key);
    if (!isLatest) return;
    const registration = this.#registrations.get(key);
    this.#registrations.delete(key);
    if (registration?.kernel && registration.expected.password)
      this.#setPortOptions(address.family, registration.kernel, [md5KeyOption(address, '')]);
    const previous = others.at(-1);
    // Whether it can be expected was answered when it was so first.
    if (previous !== undefined) void this.#register(key, previous);
  }

  #latest(key: string): Expectation | undefined {
    return this.#expectations.get(key)?.at(-1);
  }

  /** Accepted connections stay open. */
  close(): void {
    for (const server of this.#servers.values()) server.close();
  }

  /** The listening socket needs the key and the TTL, since its SYN-ACK precedes the connection's socket (RFC 2385, RFC 5082). */
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
    return fd === null
      ? 'the file descriptor of the listening socket is unknown'
      : kernel.setOptions(fd, options);
  }

  #onConnection(socket: Socket): void {
    const address = parseAddress(socket.remoteAddress ?? '');
    const registration = address.ok ? this.#registrations.get(formatAddress(address.value)) : undefined;
    if (registration === undefined || !applyConnectionOptions(socket, registration)) socket.destroy();
    else registration.accept(socket);
  }
}

/** The minimum TTL differs by peer, so it is set on each connection, not on the listening socket. */
function applyConnectionOptions(socket: Socket, { expected, kernel }: PeerRegistration): boolean {
  const options = protectionOptions(expected);
  if (options.length === 0) return true;
  const fd = descriptorOf(socket);
  return fd !== null && kernel?.setOptions(fd, options) === null;
}

/** Null if plain sockets suffice; removing a key needs the kernel too. */
async function kernelIfNeeded(
  expected: ExpectedPeer,
  previous: ExpectedPeer | null,
): Promise<Result<Kernel | null, string>> {
  const isPlain = protectionOptions(expected).length === 0 && !previous?.password;
  return isPlain ? ok(null) : loadKernel(PROTECTION_FEATURE);
}

/** Null if the kernel does not support the family. */
function listenOn(family: Family, port: number, host: string): Promise<Result<Server | null, string>> {
  const server = createServer({ pauseOnConnect: true, noDelay: true });
  return new Promise((resolve) => {
    const onError = (error: NodeJS.ErrnoException): void =>
      resolve(error.code === 'EAFNOSUPPORT' ? ok(null) : err(describeListenError(error, port)));
    server.once('error', onError);
    server.listen({ port, host, ipv6Only: family === 6, backlog: BACKLOG }, () => {
      server.off('error', onError);
      server.on('error', () => {}); // a failed accept: the peer retries
      resolve(ok(server));
    });
  });
}

/**
 * Takes the connections of peers that dial us, one port for each family, and hands each to the peer whose address it
 * comes from; whoever is not expected is hung up on. A connection comes through only under the password of its peer:
 * the kernel sees to that, from before the first packet.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { err, ok, type Result } from '../base/result.ts';
import { type Address, type Family, formatAddress, parseAddress } from '../net/address.ts';
import { descriptorOf, type Kernel, loadKernel } from './kernel.ts';
import { fullTtl, md5Key, protections, type SocketOption } from './options.ts';
import type { Remote } from './remote.ts';
import { listenTrouble } from './trouble.ts';

export type Expected = Pick<Remote, 'address' | 'password' | 'ttlSecurity'>;

type Guest = {
  readonly expected: Expected;
  readonly kernel: Kernel | null;
  readonly take: (socket: Socket) => void;
};

const ANY: Readonly<Record<Family, string>> = { 4: '0.0.0.0', 6: '::' };

/** Connections that wait to be accepted; more than that are made to try again. */
const BACKLOG = 128;

export class Listener {
  readonly #servers: ReadonlyMap<Family, Server>;
  readonly #guests = new Map<string, Guest>();
  /** Counts what was asked for, so that what comes late is not taken for the last word. */
  #wishes = 0;
  readonly #wished = new Map<string, number>();
  readonly port: number;

  private constructor(servers: ReadonlyMap<Family, Server>, port: number) {
    this.#servers = servers;
    this.port = port;
    for (const server of servers.values()) server.on('connection', (socket) => this.#arrived(socket));
  }

  /**
   * Port 0 takes a free one, of one family only. A family that the kernel does not have is left out. The error is a
   * sentence.
   */
  static async open(
    families: readonly Family[],
    port: number,
    hosts: Readonly<Record<Family, string>> = ANY,
  ): Promise<Result<Listener, string>> {
    const servers = new Map<Family, Server>();
    for (const family of families) {
      const server = await listen(family, port, hosts[family]);
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
    return ok(new Listener(servers, typeof address === 'object' ? (address?.port ?? port) : port));
  }

  /** Until `forget`; said again, the new password counts from then on. Null, or why that peer cannot come in. */
  async expect(expected: Expected, take: (socket: Socket) => void): Promise<string | null> {
    const { address } = expected;
    if (!this.#servers.has(address.family))
      return `nobody is taken in over IPv${address.family} on this node`;
    const key = formatAddress(address);
    const wish = ++this.#wishes;
    this.#wished.set(key, wish);
    const kernel = await kernelFor(expected, this.#guests.get(key)?.expected ?? null);
    if (this.#wished.get(key) !== wish) return null;
    const complaint = kernel.ok ? this.#prepare(expected, kernel.value) : kernel.error;
    if (!kernel.ok || complaint !== null) {
      this.forget(address); // what it came in with before counts no longer
      return complaint;
    }
    this.#guests.set(key, { expected, kernel: kernel.value, take });
    return null;
  }

  forget(address: Address): void {
    const key = formatAddress(address);
    const guest = this.#guests.get(key);
    this.#wished.delete(key);
    this.#guests.delete(key);
    if (guest?.kernel && guest.expected.password)
      this.#set(address.family, guest.kernel, [md5Key(address, '')]);
  }

  /** Connections that were handed over go on. */
  close(): void {
    for (const server of this.#servers.values()) server.close();
  }

  /** The port has to answer under the key, and with a full TTL, before there is a connection to set it on. */
  #prepare(expected: Expected, kernel: Kernel | null): string | null {
    if (kernel === null) return null;
    const { address, password, ttlSecurity } = expected;
    const before = this.#guests.get(formatAddress(address))?.expected.password;
    return this.#set(address.family, kernel, [
      ...(password ? [md5Key(address, password)] : before ? [md5Key(address, '')] : []),
      ...(ttlSecurity === null ? [] : [fullTtl(address.family)]),
    ]);
  }

  #set(family: Family, kernel: Kernel, options: readonly SocketOption[]): string | null {
    const server = this.#servers.get(family);
    const fd = server === undefined ? null : descriptorOf(server);
    return fd === null ? 'Node does not tell the descriptor of a port' : kernel.set(fd, options);
  }

  #arrived(socket: Socket): void {
    const address = parseAddress(socket.remoteAddress ?? '');
    const guest = address.ok ? this.#guests.get(formatAddress(address.value)) : undefined;
    if (guest === undefined || !isProtected(socket, guest)) socket.destroy();
    else guest.take(socket);
  }
}

/** How near the peer has to be is a matter of each connection: the port is everybody's. */
function isProtected(socket: Socket, { expected, kernel }: Guest): boolean {
  const options = protections(expected);
  if (options.length === 0) return true;
  const fd = descriptorOf(socket);
  return fd !== null && kernel?.set(fd, options) === null;
}

/** Null where plain sockets do; a key that is to go needs it too. */
async function kernelFor(wanted: Expected, before: Expected | null): Promise<Result<Kernel | null, string>> {
  const plain = protections(wanted).length === 0 && !before?.password;
  return plain ? ok(null) : loadKernel();
}

/** Null where there is no such family. */
function listen(family: Family, port: number, host: string): Promise<Result<Server | null, string>> {
  const server = createServer({ pauseOnConnect: true, noDelay: true });
  return new Promise((resolve) => {
    const refused = (error: NodeJS.ErrnoException): void =>
      resolve(error.code === 'EAFNOSUPPORT' ? ok(null) : err(listenTrouble(error, port)));
    server.once('error', refused);
    server.listen({ port, host, ipv6Only: family === 6, backlog: BACKLOG }, () => {
      server.off('error', refused);
      server.on('error', () => {}); // of one that could not be accepted: the peer tries again
      resolve(ok(server));
    });
  });
}

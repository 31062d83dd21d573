/** A router of the collector: it accepts sessions of any neighbor on one address and port, and records their routes. */
import { createServer, type Server, type Socket } from 'node:net';
import { type Address, parseAddress } from '../../../../../../src/net/address.ts';
import { descriptorOf, loadKernel } from '../../../../../../src/sockets/kernel.ts';
import { md5KeyOption } from '../../../../../../src/sockets/socket-options.ts';
import { CollectorSession } from './collector-session.ts';
import type { RouterOptions, SessionView } from './views.ts';

export class CollectorRouter {
  readonly #options: RouterOptions;
  readonly #server: Server;
  /** Those whose connection is open, in the order of their connections. */
  readonly #sessions = new Set<CollectorSession>();

  private constructor(options: RouterOptions, server: Server) {
    this.#options = options;
    this.#server = server;
    server.on('connection', (socket) => this.#accept(socket));
  }

  static async listen(options: RouterOptions): Promise<CollectorRouter> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: options.address, port: options.port }, resolve);
    });
    if (options.password !== '') await protect(server, options);
    return new CollectorRouter(options, server);
  }

  /** Established sessions. */
  views(): readonly SessionView[] {
    return [...this.#sessions].flatMap((session) => session.view() ?? []);
  }

  /** Ends all sessions with a Cease, or (`abrupt`) by a TCP reset. */
  resetSessions(abrupt: boolean): void {
    for (const session of this.#sessions) session.end(abrupt);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.resetSessions(true);
    await closed;
  }

  #accept(socket: Socket): void {
    const session = new CollectorSession(this.#options, socket);
    this.#sessions.add(session);
    socket.on('close', () => this.#sessions.delete(session));
  }
}

/** A connection inherits the keys of the listening socket. */
async function protect(server: Server, { password, neighbors }: RouterOptions): Promise<void> {
  const kernel = await loadKernel('the password of a router');
  const descriptor = descriptorOf(server);
  if (!kernel.ok || descriptor === null) throw new Error(kernel.ok ? 'no descriptor' : kernel.error);
  const keys = neighbors.map((neighbor) => md5KeyOption(requireAddress(neighbor), password));
  const failure = kernel.value.setOptions(descriptor, keys);
  if (failure !== null) throw new Error(failure);
}

function requireAddress(text: string): Address {
  const address = parseAddress(text);
  if (!address.ok) throw new Error(address.error);
  return address.value;
}

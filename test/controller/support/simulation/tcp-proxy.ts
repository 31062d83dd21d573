/** A TCP proxy before a server: connections can be cut, delayed, or refused for a while. */
import { connect, createServer, type Server, type Socket } from 'node:net';

export class TcpProxy {
  readonly #server: Server;
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  #isUp = true;
  #connectionsCut = 0;

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((client) => this.#join(client));
  }

  static async start(url: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(Number(new URL(url).port));
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the gate is closed');
    return `http://127.0.0.1:${address.port}`;
  }

  /** Connections cut so far. */
  get connectionsCut(): number {
    return this.#connectionsCut;
  }

  /** All connections break off, wherever they are. */
  cut(): void {
    for (const socket of this.#sockets) {
      socket.destroy();
      this.#connectionsCut++;
    }
    this.#sockets.clear();
  }

  /** As a server that is not there: connections break off and new ones are refused at once. */
  down(): void {
    this.#isUp = false;
    this.cut();
  }

  up(): void {
    this.#isUp = true;
  }

  async close(): Promise<void> {
    this.down();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(client: Socket): void {
    if (!this.#isUp) {
      client.resetAndDestroy();
      this.#connectionsCut++;
      return;
    }
    const server = connect(this.#target, '127.0.0.1');
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.setNoDelay(true);
      from.on('error', () => to.destroy()); // the other side learns by the end of the connection
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }
}

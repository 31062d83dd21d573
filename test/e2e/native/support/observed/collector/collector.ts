/** Starts the collector in a namespace, and sends it commands. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { request as send } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { eventually } from '../../../../../support/eventually.ts';
import type { NetworkNamespace } from '../../../../../support/netns/network.ts';
import { collectorProgram } from './program.ts';
import type { CollectorCommand, RouterOptions, SessionView } from './views.ts';

export class Collector {
  readonly #socket: string;
  readonly #routers = new Set<string>();

  private constructor(socket: string) {
    this.#socket = socket;
  }

  /** It ends with the namespace. */
  static async start(namespace: NetworkNamespace): Promise<Collector> {
    const socket = join(namespace.folder, 'collector.sock');
    const args = ['--import', import.meta.resolve('tsx'), collectorProgram, socket];
    const program = namespace.start('collector', process.execPath, ...args);
    await eventually(() => assert.ok(existsSync(socket), program.tail()));
    return new Collector(socket);
  }

  async listen(router: RouterOptions): Promise<void> {
    await this.#perform({ kind: 'listen', router });
    this.#routers.add(router.name);
  }

  async close(name: string): Promise<void> {
    await this.#perform({ kind: 'close', name });
    this.#routers.delete(name);
  }

  async closeAll(): Promise<void> {
    for (const name of this.#routers) await this.close(name);
  }

  async reset(name: string, abrupt: boolean): Promise<void> {
    await this.#perform({ kind: 'reset', name, abrupt });
  }

  /** Established sessions of all routers. */
  sessions(): Promise<readonly SessionView[]> {
    return this.#perform({ kind: 'sessions' });
  }

  #perform(command: CollectorCommand): Promise<readonly SessionView[]> {
    return new Promise((resolve, reject) => {
      const outgoing = send({ socketPath: this.#socket, method: 'POST' }, (incoming) => {
        text(incoming).then((body) => {
          if (incoming.statusCode === 200) resolve(JSON.parse(body));
          else reject(new Error(`the collector cannot ${command.kind}: ${body}`));
        }, reject);
      });
      outgoing.on('error', reject);
      outgoing.end(JSON.stringify(command));
    });
  }
}

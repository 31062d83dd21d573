/** Polls one BIRD over its control socket: when a session is established, and when all routes are imported. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { wallNow } from '../wall-clock.ts';

const EVERY_MS = 2;
const WITHIN_MS = 120_000;

/** A reply ends with a line that has a code and no dash after it. */
const END = /(?:^|\n)\d{4} [^\n]*\n$/;

/** By `wallNow`. */
export type RouteArrival = { readonly establishedAt: number; readonly most: number; readonly all: number };

export class BirdWatch {
  readonly #socket: Socket;
  #text = '';
  #answered: (text: string) => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8').on('data', (part) => {
      this.#text += part;
      if (!END.test(this.#text)) return;
      const text = this.#text;
      this.#text = '';
      this.#answered(text);
    });
  }

  /** Connects as soon as BIRD listens. */
  static async open(path: string): Promise<BirdWatch> {
    for (;;) {
      const socket = connect(path);
      const watch = new BirdWatch(socket);
      const greeted = await new Promise<boolean>((resolve) => {
        watch.#answered = () => resolve(true);
        socket.once('error', () => resolve(false));
      });
      if (greeted) return watch;
      await sleep(EVERY_MS);
    }
  }

  ask(command: string): Promise<string> {
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.#socket.write(`${command}\n`);
    });
  }

  /** `most` is when 99.5 % of the routes were imported. */
  async waitForRoutes(protocol: string, routes: number): Promise<RouteArrival> {
    let establishedAt = Number.NaN;
    let most = Number.NaN;
    const giveUpAt = wallNow() + WITHIN_MS;
    for (;;) {
      const text = await this.ask(`show protocols all ${protocol}`);
      const now = wallNow();
      if (Number.isNaN(establishedAt) && /BGP state: +Established/.test(text)) establishedAt = now;
      const imported = [...text.matchAll(/Routes: +(\d+) imported/g)].reduce(
        (sum, [, n]) => sum + Number(n),
        0,
      );
      if (Number.isNaN(most) && imported >= 0.995 * routes) most = now;
      if (imported >= routes) return { establishedAt, most, all: now };
      if (now > giveUpAt) throw new Error(`it has ${imported} of ${routes} routes:\n${text}`);
      await sleep(EVERY_MS);
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}

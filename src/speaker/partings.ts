/**
 * Sessions that are at their end: a router has each until nothing is left of its connection, and would turn away another
 * one. Who dials the same router waits as long.
 */
export class Partings {
  readonly #lasting = new Map<string, Promise<void>>();

  /** `router`: its address and port. `settled` does not fail. */
  add(router: string, settled: Promise<void>): void {
    const lasting = Promise.all([this.#lasting.get(router), settled]).then(() => {
      if (this.#lasting.get(router) === lasting) this.#lasting.delete(router);
    });
    this.#lasting.set(router, lasting);
  }

  /** At once where nothing lasts. */
  after(router: string, run: () => void): void {
    const lasting = this.#lasting.get(router);
    if (lasting === undefined) run();
    else void lasting.then(() => this.after(router, run));
  }

  /** When nothing is left of any. */
  async over(): Promise<void> {
    await Promise.all(this.#lasting.values());
  }
}

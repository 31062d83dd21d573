/**
 * Sessions that are at their end: a router has each until nothing is left of its connection, and would turn away another
 * one. Who dials the same router waits as long.
 */
export class ClosingSessions {
  readonly #closing = new Map<string, Promise<void>>();

  /** `router`: its address and port. `settled` does not fail. */
  add(router: string, closed: Promise<void>): void {
    const closing = Promise.all([this.#closing.get(router), closed]).then(() => {
      if (this.#closing.get(router) === closing) this.#closing.delete(router);
    });
    this.#closing.set(router, closing);
  }

  /** At once where nothing lasts. */
  whenClosed(router: string, run: () => void): void {
    const closing = this.#closing.get(router);
    if (closing === undefined) run();
    else void closing.then(() => this.whenClosed(router, run));
  }

  /** When nothing is left of any. */
  async allClosed(): Promise<void> {
    await Promise.all(this.#closing.values());
  }
}

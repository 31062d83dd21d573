/**
 * Sessions that are closing. A router refuses another connection until the old one is closed, so a new session with the
 * same router waits for that.
 */
export class ClosingSessions {
  readonly #closing = new Map<string, Promise<void>>();

  /** `router`: its address and port. `closed` must not reject. */
  add(router: string, closed: Promise<void>): void {
    const closing = Promise.all([this.#closing.get(router), closed]).then(() => {
      if (this.#closing.get(router) === closing) this.#closing.delete(router);
    });
    this.#closing.set(router, closing);
  }

  /** Calls `run` when no session with that router is closing, at once if none is. */
  whenClosed(router: string, run: () => void): void {
    const closing = this.#closing.get(router);
    if (closing === undefined) run();
    else void closing.then(() => this.whenClosed(router, run));
  }

  /** Settles when no session is closing. */
  async allClosed(): Promise<void> {
    await Promise.all(this.#closing.values());
  }
}

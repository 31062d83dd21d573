/** Functions that want to know of one kind of event. The one that raises it needs to know none of them. */
export class Listeners<Args extends readonly unknown[] = []> {
  /** Replaced as a whole, so that a listener may leave while it is being called. */
  #listeners: readonly ((...args: Args) => void)[] = [];

  /** The returned function removes it. */
  add(listener: (...args: Args) => void): () => void {
    this.#listeners = [...this.#listeners, listener];
    return () => {
      this.#listeners = this.#listeners.filter((one) => one !== listener);
    };
  }

  /** Calls all of them, in the order in which they were added. */
  notify(...args: Args): void {
    for (const listener of this.#listeners) listener(...args);
  }
}

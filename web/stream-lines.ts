/**
 * The lines of a text that arrives in chunks. What has arrived of a line is not looked at again: the first document is one line of
 * several megabytes, and comes in a hundred chunks.
 */
export class StreamLines {
  #parts: string[] = [];

  /** The lines that this chunk completes, without their ends. */
  take(chunk: string): readonly string[] {
    const [first = '', ...more] = chunk.split('\n');
    this.#parts.push(first);
    const rest = more.pop();
    if (rest === undefined) return [];
    const lines = [this.#parts.join(''), ...more];
    this.#parts = [rest];
    return lines;
  }
}

/** A stream of bytes cut into lines, wherever the network happened to cut it. */

/** Larger than any object the API server takes (etcd: 1.5 MiB a request), with room for what JSON adds. */
export const LINE_BYTES_MAX = 16 * 1024 * 1024;

const NEWLINE = 0x0a;

export class LineSplitter {
  #parts: Buffer[] = [];
  #bytes = 0;
  readonly #bytesMax: number;

  constructor(bytesMax = LINE_BYTES_MAX) {
    this.#bytesMax = bytesMax;
  }

  /**
   * Calls `line` for each whole line in turn, empty ones left out; it may return false to have no more of them.
   * Whether all went well: false once a line is longer than allowed, or was declined.
   */
  push(chunk: Buffer, onLine: (text: string) => boolean): boolean {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const text = this.#completeLine(chunk, start, end);
      if (text === null) return false;
      start = end + 1;
      if (text !== '' && !onLine(text)) return false;
    }
    if (start === chunk.length) return true;
    // A copy would cost little, but the rest is most often the rest of this very chunk.
    this.#parts.push(start === 0 ? chunk : chunk.subarray(start));
    this.#bytes += chunk.length - start;
    return this.#bytes <= this.#bytesMax;
  }

  #completeLine(chunk: Buffer, start: number, end: number): string | null {
    if (this.#bytes + end - start > this.#bytesMax) return null;
    if (this.#parts.length === 0) return chunk.toString('utf8', start, end);
    this.#parts.push(chunk.subarray(start, end));
    const text = Buffer.concat(this.#parts).toString('utf8');
    this.#parts = [];
    this.#bytes = 0;
    return text;
  }
}

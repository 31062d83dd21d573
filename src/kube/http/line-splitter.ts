/** Splits a stream of bytes into lines, wherever its chunks begin and end. */

/**
 * Larger than any object that the API server accepts: 3 MiB a request, 1.5 MiB in etcd by default. JSON may take six bytes for
 * one of them (`\u003c`).
 */
export const LINE_BYTES_MAX = 32 * 1024 * 1024;

const NEWLINE = 0x0a;

export class LineSplitter {
  #parts: Buffer[] = [];
  #bytes = 0;
  readonly #bytesMax: number;

  constructor(bytesMax = LINE_BYTES_MAX) {
    this.#bytesMax = bytesMax;
  }

  /**
   * Calls `onLine` for each complete line in order, except for empty ones; it may return false to stop. Returns false
   * where it did, or where a line exceeds `LINE_BYTES_MAX`.
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
    // Not copied: the rest of the line most often is the rest of this chunk.
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

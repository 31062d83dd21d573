/** Reads credentials from files that another process rotates, and reads them again every minute. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Clock, Millis } from '../../base/clock.ts';
import { failureText } from '../../base/system-error.ts';

/** The kubelet rotates a token when a fifth of its lifetime is left (two minutes at least); client-go reads as often. */
export const CREDENTIAL_REFRESH_INTERVAL: Millis = 60_000;

/** A bearer token in a file that the kubelet, or another process, rotates. */
export class TokenFile {
  readonly #path: string;
  readonly #clock: Pick<Clock, 'now'>;
  #header: string | null = null;
  #readAt: Millis = Number.NEGATIVE_INFINITY;
  #pendingRead: Promise<void> | null = null;

  constructor(path: string, clock: Pick<Clock, 'now'>) {
    this.#path = path;
    this.#clock = clock;
  }

  /** Null where the token can be read, else the reason why not. */
  async validate(): Promise<string | null> {
    try {
      await this.#read();
    } catch (error) {
      return `${this.#path}: ${failureText(error)}`;
    }
    return this.#header === null ? `${this.#path} is empty` : null;
  }

  async authorization(): Promise<string | null> {
    if (this.#clock.now() - this.#readAt >= CREDENTIAL_REFRESH_INTERVAL) {
      this.#pendingRead ??= this.#read()
        // The volume may be about to be replaced. The old token stays valid for a while; a 401 tells when it is not.
        .catch(() => undefined)
        .finally(() => {
          this.#pendingRead = null;
        });
      await this.#pendingRead;
    }
    return this.#header;
  }

  invalidate(): void {
    this.#readAt = Number.NEGATIVE_INFINITY;
  }

  async #read(): Promise<void> {
    const token = (await readFile(this.#path, 'utf8')).trim();
    this.#header = token === '' ? null : `Bearer ${token}`;
    this.#readAt = this.#clock.now();
  }
}

/** Certificates or a key in a file (PEM). While the file cannot be read, its last valid content is used. */
export class PemFile {
  readonly #path: string;
  readonly #clock: Pick<Clock, 'now'>;
  #content = '';
  #readAt: Millis = Number.NEGATIVE_INFINITY;

  constructor(path: string, clock: Pick<Clock, 'now'>) {
    this.#path = path;
    this.#clock = clock;
  }

  validate(): string | null {
    try {
      this.#content = readFileSync(this.#path, 'utf8');
    } catch (error) {
      return `${this.#path}: ${failureText(error)}`;
    }
    return this.#content.includes('-----BEGIN') ? null : `${this.#path} contains no PEM`;
  }

  /** The next `read` reads the file again. */
  invalidate(): void {
    this.#readAt = Number.NEGATIVE_INFINITY;
  }

  /** Synchronous, as TLS options are: a few kilobytes, at most once a minute, and for new connections only. */
  read(): string {
    if (this.#clock.now() - this.#readAt < CREDENTIAL_REFRESH_INTERVAL) return this.#content;
    const lastGood = this.#content;
    if (this.validate() !== null) this.#content = lastGood;
    this.#readAt = this.#clock.now();
    return this.#content;
  }
}

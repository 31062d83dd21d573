/**
 * Where the API server is and how we prove who we are. A target is read anew for every connection and every
 * request, since tokens rotate and certificate authorities are replaced while we run.
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { Clock, Millis } from '../base/clock.ts';
import { err, ok, type Result } from '../base/result.ts';

/** For `tls.connect`. */
export type KubeTls = {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
};

export interface KubeTarget {
  /** Its path, if it has one, stands before every request's path. */
  readonly server: URL;
  /** Looked at for each new connection. */
  readonly tls: KubeTls;
  /** The `Authorization` header, `Bearer ...` or `Basic ...`; null where the certificate alone speaks for us. */
  authorization(): Promise<string | null>;
  /** The server did not know us: the next `authorization` starts from scratch. */
  renew(): void;
  /** More headers for each request, name and value in turn: those of impersonation. */
  readonly headers: readonly string[];
  /** The namespace we live in; null where nobody says. */
  readonly namespace: string | null;
  /** For the log, without secrets. */
  readonly describe: string;
}

export const SERVICE_ACCOUNT_DIR = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Kubelet replaces a token when a fifth of its life is left (two minutes at least); client-go looks as often. */
export const CREDENTIAL_REREAD: Millis = 60_000;

export type InCluster = {
  readonly serviceAccountDir: string;
  /** `KUBERNETES_SERVICE_HOST`. */
  readonly host: string;
  /** `KUBERNETES_SERVICE_PORT`. */
  readonly port: string;
};

/** The way a Pod takes. The error is a sentence. */
export async function inClusterTarget(
  { serviceAccountDir, host, port }: InCluster,
  clock: Pick<Clock, 'now'>,
): Promise<Result<KubeTarget, string>> {
  const server = parseServer(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`);
  if (server === null) {
    return err(`KUBERNETES_SERVICE_HOST "${host}" and KUBERNETES_SERVICE_PORT "${port}" make no address`);
  }
  const ca = new RereadFile(join(serviceAccountDir, 'ca.crt'), clock);
  const token = new BearerFile(join(serviceAccountDir, 'token'), clock);
  for (const problem of [ca.problem(), await token.problem()]) {
    if (problem !== null) return err(`the service account cannot be used: ${problem}`);
  }
  return ok({
    server,
    get tls(): KubeTls {
      return { ca: ca.read() };
    },
    authorization: () => token.authorization(),
    renew: () => token.renew(),
    headers: [],
    namespace: await readNamespace(join(serviceAccountDir, 'namespace')),
    describe: `${server.origin} as the Pod's service account`,
  });
}

/** An http or https URL, or null. */
export function parseServer(text: string): URL | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return null; // the caller knows where the text came from and says so
  }
  return (url.protocol === 'https:' || url.protocol === 'http:') && url.hostname !== '' ? url : null;
}

/** A bearer token in a file that somebody else keeps fresh. */
export class BearerFile {
  readonly #path: string;
  readonly #clock: Pick<Clock, 'now'>;
  #header: string | null = null;
  #readAt: Millis = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | null = null;

  constructor(path: string, clock: Pick<Clock, 'now'>) {
    this.#path = path;
    this.#clock = clock;
  }

  /** Why there is no token, or null. */
  async problem(): Promise<string | null> {
    try {
      await this.#read();
    } catch (error) {
      return (error as Error).message;
    }
    return this.#header === null ? `${this.#path} is empty` : null;
  }

  async authorization(): Promise<string | null> {
    if (this.#clock.now() - this.#readAt >= CREDENTIAL_REREAD) {
      this.#reading ??= this.#read()
        // A volume that is being swapped, say: the old token is good for a while, and 401 tells when it is not.
        .catch(() => undefined)
        .finally(() => {
          this.#reading = null;
        });
      await this.#reading;
    }
    return this.#header;
  }

  renew(): void {
    this.#readAt = Number.NEGATIVE_INFINITY;
  }

  async #read(): Promise<void> {
    const token = (await readFile(this.#path, 'utf8')).trim();
    this.#header = token === '' ? null : `Bearer ${token}`;
    this.#readAt = this.#clock.now();
  }
}

/** A file that is read again once in a while; the last good content stands in while it cannot be read. */
class RereadFile {
  readonly #path: string;
  readonly #clock: Pick<Clock, 'now'>;
  #content = '';
  #readAt: Millis = Number.NEGATIVE_INFINITY;

  constructor(path: string, clock: Pick<Clock, 'now'>) {
    this.#path = path;
    this.#clock = clock;
  }

  problem(): string | null {
    try {
      this.#content = readFileSync(this.#path, 'utf8');
    } catch (error) {
      return (error as Error).message;
    }
    return this.#content.includes('-----BEGIN') ? null : `${this.#path} holds no certificate`;
  }

  /** Synchronous, because TLS options are: a few kilobytes, once a minute at most, only for new connections. */
  read(): string {
    if (this.#clock.now() - this.#readAt < CREDENTIAL_REREAD) return this.#content;
    const before = this.#content;
    if (this.problem() !== null) this.#content = before;
    this.#readAt = this.#clock.now();
    return this.#content;
  }
}

async function readNamespace(path: string): Promise<string | null> {
  try {
    const name = (await readFile(path, 'utf8')).trim();
    return name === '' ? null : name;
  } catch {
    return null; // a namespace is a convenience: whoever needs one has a default
  }
}

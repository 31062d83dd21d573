/**
 * Where the API server is and how we prove who we are. A target is read anew for every connection and every
 * request, since tokens rotate and certificate authorities are replaced while we run.
 */
import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { PemFile, TokenFile } from './credential-file.ts';

/** For `tls.connect`. */
export type RestTlsOptions = {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
};

export interface RestConfig {
  /** Its path, if it has one, stands before every request's path. */
  readonly server: URL;
  /** Looked at for each new connection. */
  readonly tls: RestTlsOptions;
  /** The `Authorization` header, `Bearer ...` or `Basic ...`; null where the certificate alone speaks for us. */
  authorization(): Promise<string | null>;
  /** The server did not know us: the next `authorization` starts from scratch. */
  invalidateCredentials(): void;
  /** More headers for each request, name and value in turn: those of impersonation. */
  readonly headers: readonly string[];
  /** The namespace we live in; null where nobody says. */
  readonly namespace: string | null;
  /** For the log, without secrets. */
  readonly description: string;
}

export const SERVICE_ACCOUNT_DIR = '/var/run/secrets/kubernetes.io/serviceaccount';

export type InClusterEnvironment = {
  readonly serviceAccountDir: string;
  /** `KUBERNETES_SERVICE_HOST`. */
  readonly host: string;
  /** `KUBERNETES_SERVICE_PORT`. */
  readonly port: string;
};

/** The way a Pod takes. The error is a sentence. */
export async function inClusterConfig(
  { serviceAccountDir, host, port }: InClusterEnvironment,
  clock: Pick<Clock, 'now'>,
): Promise<Result<RestConfig, string>> {
  const server = parseServerUrl(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`);
  if (server === null) {
    return err(`KUBERNETES_SERVICE_HOST "${host}" and KUBERNETES_SERVICE_PORT "${port}" make no address`);
  }
  const ca = new PemFile(join(serviceAccountDir, 'ca.crt'), clock);
  const token = new TokenFile(join(serviceAccountDir, 'token'), clock);
  for (const problem of [ca.validate(), await token.validate()]) {
    if (problem !== null) return err(`the service account cannot be used: ${problem}`);
  }
  return ok({
    server,
    get tls(): RestTlsOptions {
      return { ca: ca.read() };
    },
    authorization: () => token.authorization(),
    invalidateCredentials: () => token.invalidate(),
    headers: [],
    namespace: await readNamespace(join(serviceAccountDir, 'namespace')),
    description: `${server.origin} as the Pod's service account`,
  });
}

/** Somebody who asks nobody who they are. `describe` is for the log; the address itself where it is left out. */
export const anonymousConfig = (url: string, description = url): RestConfig => ({
  server: new URL(url),
  tls: {},
  authorization: () => Promise.resolve(null),
  invalidateCredentials: () => {},
  headers: [],
  namespace: null,
  description,
});

/** An http or https URL, or null. */
export function parseServerUrl(text: string): URL | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return null; // the caller knows where the text came from and says so
  }
  return (url.protocol === 'https:' || url.protocol === 'http:') && url.hostname !== '' ? url : null;
}

async function readNamespace(path: string): Promise<string | null> {
  try {
    const name = (await readFile(path, 'utf8')).trim();
    return name === '' ? null : name;
  } catch {
    return null; // a namespace is a convenience: whoever needs one has a default
  }
}

/**
 * The configuration of a client of the API server (client-go `rest.Config`): address, TLS and credentials. It is read
 * for each connection and each request, since tokens and certificate authorities rotate while the process runs.
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
  /** Its path, if any, is the prefix of each request's path. */
  readonly server: URL;
  /** The HTTP proxy on the way to the server; absent for a direct connection. */
  readonly proxy?: URL;
  /** Read for each new connection. */
  readonly tls: RestTlsOptions;
  /** The `Authorization` header, `Bearer ...` or `Basic ...`; null where only a certificate, or nothing, authenticates. */
  authorization(): Promise<string | null>;
  /** The server answered 401: the next `authorization` obtains the credentials again. */
  invalidateCredentials(): void;
  /** Impersonation headers of each request, name and value in turn. */
  readonly headers: readonly string[];
  /** The namespace of the Pod or of the context; null where there is none. */
  readonly namespace: string | null;
  /** For the log; contains no secrets. */
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

/** The configuration of a Pod: service account and environment. The error is a sentence. */
export async function inClusterConfig(
  { serviceAccountDir, host, port }: InClusterEnvironment,
  clock: Pick<Clock, 'now'>,
): Promise<Result<RestConfig, string>> {
  const server = parseServerUrl(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`);
  if (server === null) {
    return err(
      `KUBERNETES_SERVICE_HOST "${host}" and KUBERNETES_SERVICE_PORT "${port}" are no valid address`,
    );
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

/** The configuration of an API server that authenticates nobody. */
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
    return null; // the caller reports it, with the place that the text came from
  }
  return (url.protocol === 'https:' || url.protocol === 'http:') && url.hostname !== '' ? url : null;
}

async function readNamespace(path: string): Promise<string | null> {
  try {
    const name = (await readFile(path, 'utf8')).trim();
    return name === '' ? null : name;
  } catch {
    return null; // optional: callers have a default
  }
}

/**
 * Resolves a kubeconfig into a RestConfig. Whatever can be wrong with the file is found here and reported as a
 * sentence; afterwards only the network and the server can fail. What a login writes to the file later is used, too.
 */

import { createSecureContext } from 'node:tls';
import type { Clock } from '../../base/clock.ts';
import { listOf, textOf, textOrNull } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { isSameJson } from '../../base/shared-json.ts';
import { failureText } from '../../base/system-error.ts';
import { quoteList } from '../../base/text.ts';
import { PemFile, TokenFile } from './credential-file.ts';
import { CredentialPlugin } from './credential-plugin.ts';
import {
  findEntry,
  type Kubeconfig,
  type KubeconfigEntry,
  readKubeconfig,
  resolveEntryPath,
} from './kubeconfig-file.ts';
import { describeProxy, type ProxyEnvironment, parseProxyUrl, proxyFromEnvironment } from './proxy.ts';
import { RenewedConfig } from './renewed-config.ts';
import { parseServerUrl, type RestConfig, type RestTlsOptions } from './rest-config.ts';

export type KubeconfigOptions = {
  readonly paths: readonly string[];
  /** Selects another context than the current one. */
  readonly context?: string;
  /** For HTTPS_PROXY, HTTP_PROXY and NO_PROXY. */
  readonly environment?: ProxyEnvironment;
  readonly clock: Clock;
};

/** PEM from the kubeconfig itself, or from a file that is read again when it may have changed. */
type Pem = { read(): string | undefined; invalidate(): void };

type Tls = { readonly options: () => RestTlsOptions; readonly invalidate: () => void };

type Credentials = Pick<RestConfig, 'authorization' | 'invalidateCredentials'> & {
  /** The client certificate of a credential plugin. */
  readonly tls: () => Pick<RestTlsOptions, 'cert' | 'key'>;
};

/** After a 401, the credentials are read from the files again. The error is a sentence. */
export async function restConfigFromKubeconfig(
  options: KubeconfigOptions,
): Promise<Result<RestConfig, string>> {
  const selected = await readEntries(options);
  if (!selected.ok) return selected;
  const config = await configOf(selected.value, options);
  return config.ok ? ok(new RenewedConfig(config.value, renewalOf(selected.value, options))) : config;
}

/** Entries of the same context that differ, for the same server: new credentials go nowhere else. */
function renewalOf(first: SelectedEntries, options: KubeconfigOptions): () => Promise<RestConfig | null> {
  let last = first;
  return async () => {
    const read = await readEntries({ ...options, context: first.context.name });
    if (!read.ok || isSameJson(read.value, last)) return null;
    if (read.value.cluster.fields['server'] !== first.cluster.fields['server']) return null;
    const config = await configOf(read.value, options);
    if (!config.ok) return null;
    last = read.value;
    return config.value;
  };
}

async function readEntries({ paths, context }: KubeconfigOptions): Promise<Result<SelectedEntries, string>> {
  const read = await readKubeconfig(paths);
  return read.ok ? selectContext(read.value, context) : read;
}

async function configOf(
  { source, context, cluster, user }: SelectedEntries,
  { environment = {}, clock }: KubeconfigOptions,
): Promise<Result<RestConfig, string>> {
  const server = readServer(cluster);
  if (!server.ok) return server;
  const proxy = readProxy(cluster, server.value, environment);
  if (!proxy.ok) return proxy;
  const tls = readTls(cluster, user, clock);
  if (!tls.ok) return tls;
  const credentials = await readCredentials(cluster, user, clock);
  if (!credentials.ok) return credentials;
  const problem = validateTls({ ...tls.value.options(), ...credentials.value.tls() });
  if (problem !== null)
    return err(`the certificates of context "${context.name}" cannot be used: ${problem}`);
  return ok({
    server: server.value,
    ...(proxy.value === null ? {} : { proxy: proxy.value }),
    get tls(): RestTlsOptions {
      return { ...tls.value.options(), ...credentials.value.tls() };
    },
    authorization: () => credentials.value.authorization(),
    invalidateCredentials: () => {
      tls.value.invalidate();
      credentials.value.invalidateCredentials();
    },
    headers: user === null ? [] : impersonationHeaders(user),
    namespace: textOrNull(context.fields['namespace']),
    description: `${server.value.origin} by context "${context.name}" of ${source}${proxy.value === null ? '' : ` through ${describeProxy(proxy.value)}`}`,
  });
}

type SelectedEntries = {
  /** The file or files, for messages. */
  readonly source: string;
  readonly context: KubeconfigEntry;
  readonly cluster: KubeconfigEntry;
  readonly user: KubeconfigEntry | null;
};

function selectContext(config: Kubeconfig, contextName: string | undefined): Result<SelectedEntries, string> {
  const { source } = config;
  const name = contextName ?? config.currentContext;
  if (name === '') {
    const available =
      config.contexts.size === 0 ? 'has no contexts' : `has ${quoteList([...config.contexts.keys()])}`;
    return err(`${source} has no current-context; it ${available}: choose one with --context`);
  }
  const context = findEntry(config.contexts, name, { subject: 'context', source });
  if (!context.ok) return context;
  const clusterName = textOf(context.value.fields['cluster']);
  const cluster = findEntry(config.clusters, clusterName, {
    subject: `the cluster of context "${name}",`,
    source,
  });
  if (!cluster.ok) return cluster;
  const userName = textOf(context.value.fields['user']);
  if (userName === '') return ok({ source, context: context.value, cluster: cluster.value, user: null });
  const user = findEntry(config.users, userName, { subject: `the user of context "${name}",`, source });
  if (!user.ok) return user;
  return ok({ source, context: context.value, cluster: cluster.value, user: user.value });
}

function readServer(cluster: KubeconfigEntry): Result<URL, string> {
  const text = textOf(cluster.fields['server']);
  const server = parseServerUrl(text);
  if (server === null)
    return err(`the server of cluster "${cluster.name}" is not an http or https URL: "${text}"`);
  return ok(server);
}

/** The `proxy-url` of the cluster wins over the environment, and NO_PROXY does not concern it (kubectl). */
function readProxy(
  { name, fields }: KubeconfigEntry,
  server: URL,
  environment: ProxyEnvironment,
): Result<URL | null, string> {
  const text = textOf(fields['proxy-url']);
  return text === ''
    ? proxyFromEnvironment(server, environment)
    : parseProxyUrl(text, `the proxy-url of cluster "${name}"`);
}

function readTls(cluster: KubeconfigEntry, user: KubeconfigEntry | null, clock: Clock): Result<Tls, string> {
  const ca = readPem(cluster, 'certificate-authority', `the CA of cluster "${cluster.name}"`, clock);
  if (!ca.ok) return ca;
  let cert: Pem = noPem;
  let key: Pem = noPem;
  if (user !== null) {
    const certificate = readPem(user, 'client-certificate', `the certificate of user "${user.name}"`, clock);
    if (!certificate.ok) return certificate;
    const clientKey = readPem(user, 'client-key', `the key of user "${user.name}"`, clock);
    if (!clientKey.ok) return clientKey;
    if ((certificate.value === noPem) !== (clientKey.value === noPem)) {
      return err(`user "${user.name}" has only one of client certificate and client key, and needs both`);
    }
    [cert, key] = [certificate.value, clientKey.value];
  }
  const servername = textOf(cluster.fields['tls-server-name']);
  const skipVerify = cluster.fields['insecure-skip-tls-verify'] === true;
  const invalidate = (): void => {
    for (const pem of [cert, key]) pem.invalidate();
  };
  const pair = keyPairReader({ cert, key }, invalidate);
  const options = (): RestTlsOptions =>
    withoutUndefined({
      ca: ca.value.read(),
      ...pair(),
      servername: servername === '' ? undefined : servername,
      rejectUnauthorized: skipVerify ? false : undefined,
    });
  return ok({ options, invalidate });
}

type KeyPair = { readonly cert: string | undefined; readonly key: string | undefined };

/** Two files are not replaced at once: while they do not fit together, the last pair that did is used. */
function keyPairReader(
  pems: { readonly cert: Pem; readonly key: Pem },
  invalidate: () => void,
): () => KeyPair {
  const read = (): KeyPair => ({ cert: pems.cert.read(), key: pems.key.read() });
  let last = read();
  return () => {
    const next = read();
    if (next.cert === last.cert && next.key === last.key) return last;
    if (validateTls(withoutUndefined(next)) === null) last = next;
    else invalidate();
    return last;
  };
}

const noPem: Pem = { read: () => undefined, invalidate: () => {} };

/** `<field>-data`, in base64, else the content of the file that `<field>` names. */
function readPem(entry: KubeconfigEntry, field: string, label: string, clock: Clock): Result<Pem, string> {
  const data = textOf(entry.fields[`${field}-data`]);
  if (data !== '') {
    const pem = Buffer.from(data, 'base64').toString('utf8');
    return pem.includes('-----BEGIN')
      ? ok({ read: () => pem, invalidate: () => {} })
      : err(`${label} cannot be read: ${field}-data contains no PEM`);
  }
  const path = textOf(entry.fields[field]);
  if (path === '') return ok(noPem);
  const file = new PemFile(resolveEntryPath(entry, path), clock);
  const problem = file.validate();
  return problem === null ? ok(file) : err(`${label} cannot be read: ${problem}`);
}

async function readCredentials(
  cluster: KubeconfigEntry,
  user: KubeconfigEntry | null,
  clock: Clock,
): Promise<Result<Credentials, string>> {
  if (user === null) return ok(staticCredentials(null));
  const { fields } = user;
  const tokenFile = textOf(fields['tokenFile']);
  if (tokenFile !== '') {
    const bearer = new TokenFile(resolveEntryPath(user, tokenFile), clock);
    const problem = await bearer.validate();
    if (problem !== null) return err(`the token of user "${user.name}" cannot be read: ${problem}`);
    return ok({
      authorization: () => bearer.authorization(),
      invalidateCredentials: () => bearer.invalidate(),
      tls: () => ({}),
    });
  }
  const token = textOf(fields['token']);
  if (token !== '') return ok(staticCredentials(`Bearer ${token}`));
  const name = textOf(fields['username']);
  if (name !== '') {
    const pair = Buffer.from(`${name}:${textOf(fields['password'])}`).toString('base64');
    return ok(staticCredentials(`Basic ${pair}`));
  }
  return fields['exec'] || fields['auth-provider']
    ? CredentialPlugin.start(cluster, user, clock)
    : ok(staticCredentials(null));
}

const staticCredentials = (authorization: string | null): Credentials => ({
  authorization: async () => authorization,
  invalidateCredentials: () => {},
  tls: () => ({}),
});

/** Kubernetes' impersonation headers. */
function impersonationHeaders({ fields }: KubeconfigEntry): readonly string[] {
  const headers: string[] = [];
  if (textOf(fields['as']) !== '') headers.push('Impersonate-User', textOf(fields['as']));
  if (textOf(fields['as-uid']) !== '') headers.push('Impersonate-Uid', textOf(fields['as-uid']));
  for (const group of listOf(fields['as-groups'])) headers.push('Impersonate-Group', textOf(group));
  return headers;
}

/** Null where OpenSSL accepts the options, else its error. */
function validateTls(tls: RestTlsOptions): string | null {
  try {
    createSecureContext(tls);
    return null;
  } catch (error) {
    return failureText(error);
  }
}

type WithUndefined<T> = { readonly [K in keyof T]: T[K] | undefined };

/** Omits undefined members, which Node would take for values. */
const withoutUndefined = (tls: WithUndefined<RestTlsOptions>): RestTlsOptions =>
  Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined)) as RestTlsOptions;

/**
 * A kubeconfig made into a target. Everything that can be wrong with one is found out here and said in a
 * sentence, so that later only the network and the server's opinion of us remain.
 */

import { createSecureContext } from 'node:tls';
import type { Clock } from '../base/clock.ts';
import { err, ok, type Result } from '../base/result.ts';
import { quoteList } from '../base/text.ts';
import { listOf, textOf, textOrNull } from '../cluster/fields.ts';
import { BearerFile, PemFile } from './credentialfile.ts';
import { type Entry, entryNamed, type Kubeconfig, pathIn, readKubeconfig } from './kubeconfigfile.ts';
import { Plugin } from './plugin.ts';
import { type KubeTarget, type KubeTls, parseServer } from './target.ts';

export type KubeconfigOptions = {
  readonly paths: readonly string[];
  /** Instead of the current one. */
  readonly context?: string;
  readonly clock: Clock;
};

/** PEM that stays, or PEM that is read again when it may have changed. */
type Pem = () => string | undefined;

type Credentials = Pick<KubeTarget, 'authorization' | 'renew'> & {
  /** What a plugin came up with. */
  readonly tls: () => Pick<KubeTls, 'cert' | 'key'>;
};

/** The error is a sentence. */
export async function kubeconfigTarget(options: KubeconfigOptions): Promise<Result<KubeTarget, string>> {
  const read = await readKubeconfig(options.paths);
  if (!read.ok) return read;
  const parts = selectParts(read.value, options.context);
  if (!parts.ok) return parts;
  const { context, cluster, user } = parts.value;
  const server = readServer(cluster);
  if (!server.ok) return server;
  const tls = readTls(cluster, user, options.clock);
  if (!tls.ok) return tls;
  const credentials = await readCredentials(cluster, user, options.clock);
  if (!credentials.ok) return credentials;
  const problem = tryTls({ ...tls.value(), ...credentials.value.tls() });
  if (problem !== null)
    return err(`the certificates of context "${context.name}" cannot be used: ${problem}`);
  return ok({
    server: server.value,
    get tls(): KubeTls {
      return { ...tls.value(), ...credentials.value.tls() };
    },
    authorization: () => credentials.value.authorization(),
    renew: () => credentials.value.renew(),
    headers: user === null ? [] : impersonation(user),
    namespace: textOrNull(context.fields['namespace']),
    describe: `${server.value.origin} by context "${context.name}" of ${read.value.source}`,
  });
}

type Parts = { readonly context: Entry; readonly cluster: Entry; readonly user: Entry | null };

function selectParts(config: Kubeconfig, wanted: string | undefined): Result<Parts, string> {
  const { source } = config;
  const name = wanted ?? config.currentContext;
  if (name === '') {
    const there =
      config.contexts.size === 0 ? 'has no contexts' : `has ${quoteList([...config.contexts.keys()])}`;
    return err(`${source} has no current-context, so nobody says which cluster is meant; it ${there}`);
  }
  const context = entryNamed(config.contexts, name, { who: 'context', source });
  if (!context.ok) return context;
  const clusterName = textOf(context.value.fields['cluster']);
  const cluster = entryNamed(config.clusters, clusterName, {
    who: `the cluster of context "${name}",`,
    source,
  });
  if (!cluster.ok) return cluster;
  const userName = textOf(context.value.fields['user']);
  if (userName === '') return ok({ context: context.value, cluster: cluster.value, user: null });
  const user = entryNamed(config.users, userName, { who: `the user of context "${name}",`, source });
  if (!user.ok) return user;
  return ok({ context: context.value, cluster: cluster.value, user: user.value });
}

function readServer(cluster: Entry): Result<URL, string> {
  const text = textOf(cluster.fields['server']);
  const server = parseServer(text);
  if (server === null)
    return err(`the server of cluster "${cluster.name}" is not an http or https URL: "${text}"`);
  const proxy = textOf(cluster.fields['proxy-url']);
  if (proxy === '') return ok(server);
  return err(
    `cluster "${cluster.name}" is reached through a proxy-url, which Berth cannot do; give it a direct way`,
  );
}

function readTls(cluster: Entry, user: Entry | null, clock: Clock): Result<() => KubeTls, string> {
  const ca = readPem(cluster, 'certificate-authority', `the CA of cluster "${cluster.name}"`, clock);
  if (!ca.ok) return ca;
  let cert: Pem = none;
  let key: Pem = none;
  if (user !== null) {
    const certificate = readPem(user, 'client-certificate', `the certificate of user "${user.name}"`, clock);
    if (!certificate.ok) return certificate;
    const secret = readPem(user, 'client-key', `the key of user "${user.name}"`, clock);
    if (!secret.ok) return secret;
    if ((certificate.value === none) !== (secret.value === none)) {
      return err(`user "${user.name}" has a client certificate or a client key, and needs both`);
    }
    [cert, key] = [certificate.value, secret.value];
  }
  const servername = textOf(cluster.fields['tls-server-name']);
  const trusting = cluster.fields['insecure-skip-tls-verify'] === true;
  return ok(() =>
    defined({
      ca: ca.value(),
      cert: cert(),
      key: key(),
      servername: servername === '' ? undefined : servername,
      rejectUnauthorized: trusting ? false : undefined,
    }),
  );
}

const none: Pem = () => undefined;

/** `field-data` in base64, or else the file that `field` names. */
function readPem(entry: Entry, field: string, what: string, clock: Clock): Result<Pem, string> {
  const data = textOf(entry.fields[`${field}-data`]);
  if (data !== '') {
    const pem = Buffer.from(data, 'base64').toString('utf8');
    return pem.includes('-----BEGIN')
      ? ok(() => pem)
      : err(`${what} cannot be read: ${field}-data holds nothing in PEM`);
  }
  const path = textOf(entry.fields[field]);
  if (path === '') return ok(none);
  const file = new PemFile(pathIn(entry, path), clock);
  const problem = file.problem();
  return problem === null ? ok(() => file.read()) : err(`${what} cannot be read: ${problem}`);
}

async function readCredentials(
  cluster: Entry,
  user: Entry | null,
  clock: Clock,
): Promise<Result<Credentials, string>> {
  if (user === null) return ok(constant(null));
  const { fields } = user;
  const tokenFile = textOf(fields['tokenFile']);
  if (tokenFile !== '') {
    const bearer = new BearerFile(pathIn(user, tokenFile), clock);
    const problem = await bearer.problem();
    if (problem !== null) return err(`the token of user "${user.name}" cannot be read: ${problem}`);
    return ok({ authorization: () => bearer.authorization(), renew: () => bearer.renew(), tls: () => ({}) });
  }
  const token = textOf(fields['token']);
  if (token !== '') return ok(constant(`Bearer ${token}`));
  const name = textOf(fields['username']);
  if (name !== '') {
    const pair = Buffer.from(`${name}:${textOf(fields['password'])}`).toString('base64');
    return ok(constant(`Basic ${pair}`));
  }
  return fields['exec'] || fields['auth-provider'] ? Plugin.start(cluster, user, clock) : ok(constant(null));
}

const constant = (header: string | null): Credentials => ({
  authorization: async () => header,
  renew: () => {},
  tls: () => ({}),
});

/** Kubernetes' impersonation headers. */
function impersonation({ fields }: Entry): readonly string[] {
  const headers: string[] = [];
  if (textOf(fields['as']) !== '') headers.push('Impersonate-User', textOf(fields['as']));
  if (textOf(fields['as-uid']) !== '') headers.push('Impersonate-Uid', textOf(fields['as-uid']));
  for (const group of listOf(fields['as-groups'])) headers.push('Impersonate-Group', textOf(group));
  return headers;
}

/** Why OpenSSL does not want these; null where it does. */
function tryTls(tls: KubeTls): string | null {
  try {
    createSecureContext(tls);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

type Loose<T> = { readonly [K in keyof T]: T[K] | undefined };

/** Without what is undefined: TLS options take that for a value. */
const defined = (tls: Loose<KubeTls>): KubeTls =>
  Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined)) as KubeTls;

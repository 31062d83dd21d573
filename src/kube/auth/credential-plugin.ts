/**
 * Obtains credentials from `exec` plugins and from the older `auth-provider`s. Only this needs
 * `@kubernetes/client-node`, which is imported when a kubeconfig has one of the two. Of the package only the part for
 * `exec` is loaded: it is small, while the whole package contains all models of Kubernetes.
 */

import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import type { RequestOptions } from 'node:https';
import type { Clock, Millis } from '../../base/clock.ts';
import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { failureText } from '../../base/system-error.ts';
import { CREDENTIAL_REFRESH_INTERVAL } from './credential-file.ts';
import { type KubeconfigEntry, resolveEntryPath } from './kubeconfig-file.ts';
import type { RestTlsOptions } from './rest-config.ts';

/** A plugin may call a remote service; it cannot prompt, as it has no terminal. */
export const PLUGIN_TIMEOUT: Millis = 60_000;

type PluginCredential = {
  readonly header: string | null;
  readonly tls: Pick<RestTlsOptions, 'cert' | 'key'>;
};

/** Adds the credentials of a kubeconfig's user to the options of a request. */
type CredentialProvider = (options: RequestOptions) => Promise<void>;

type SpawnPlugin = (file: string, args: readonly string[], options: SpawnOptions) => ChildProcess;

export class CredentialPlugin {
  readonly #cluster: KubeconfigEntry;
  readonly #user: KubeconfigEntry;
  readonly #clock: Clock;
  #provider: CredentialProvider | null = null;
  #credential: PluginCredential = { header: null, tls: {} };
  #fetchedAt: Millis = Number.NEGATIVE_INFINITY;
  #pendingFetch: Promise<PluginCredential> | null = null;
  /** Kills the process that runs. */
  #stopRun = new AbortController();

  private constructor(cluster: KubeconfigEntry, user: KubeconfigEntry, clock: Clock) {
    this.#cluster = cluster;
    this.#user = user;
    this.#clock = clock;
  }

  /** Runs the plugin for the first time. The error is a sentence. */
  static async start(
    cluster: KubeconfigEntry,
    user: KubeconfigEntry,
    clock: Clock,
  ): Promise<Result<CredentialPlugin, string>> {
    const plugin = new CredentialPlugin(cluster, user, clock);
    try {
      await plugin.authorization();
      return ok(plugin);
    } catch (error) {
      return err(failureText(error));
    }
  }

  /** Rejects where the plugin fails; the client turns that into an outcome. */
  async authorization(): Promise<string | null> {
    // client-node itself caches a credential until it expires.
    if (this.#clock.now() - this.#fetchedAt >= CREDENTIAL_REFRESH_INTERVAL) {
      this.#pendingFetch ??= this.#fetch().finally(() => {
        this.#pendingFetch = null;
      });
      this.#credential = await this.#pendingFetch;
    }
    return this.#credential.header;
  }

  invalidateCredentials(): void {
    this.#provider = null;
    this.#fetchedAt = Number.NEGATIVE_INFINITY;
  }

  /** The client certificate that the plugin returned, instead of a token or in addition to it. */
  tls(): Pick<RestTlsOptions, 'cert' | 'key'> {
    return this.#credential.tls;
  }

  async #fetch(): Promise<PluginCredential> {
    this.#provider ??= await this.#createProvider();
    const options: RequestOptions = { headers: {} };
    try {
      await this.#withTimeout(this.#provider(options));
    } catch (error) {
      throw new Error(this.#describeError(error), { cause: error });
    }
    const header = new Headers(options.headers as Record<string, string>).get('Authorization');
    this.#fetchedAt = this.#clock.now();
    return { header, tls: readCertificate(options) };
  }

  async #createProvider(): Promise<CredentialProvider> {
    const { name, fields } = this.#user;
    if (fields['exec']) {
      const { ExecAuth } = await import('@kubernetes/client-node/dist/exec_auth.js');
      const user = { name, exec: this.#execConfig(fieldsOf(fields['exec'])) };
      const auth = new ExecAuth();
      // Private there. Without a limit, a plugin that hangs is left behind, one for each try.
      (auth as unknown as { execFn: SpawnPlugin }).execFn = (file, args, options) =>
        spawn(file, args, { ...options, signal: this.#stopRun.signal, killSignal: 'SIGKILL' });
      return (options) => auth.applyAuthentication(user, options);
    }
    const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
    const config = new KubeConfig();
    // The server does not matter: these options open no connection.
    const server = { name: this.#cluster.name, server: 'https://server.invalid', skipTLSVerify: true };
    config.loadFromClusterAndUser(server, { name, authProvider: fields['auth-provider'] });
    return (options) => config.applyToHTTPSOptions(options);
  }

  /** As kubectl runs it: a path with a slash is relative to the kubeconfig, and KUBERNETES_EXEC_INFO names the API version. */
  #execConfig(exec: Raw): object {
    const command = textOf(exec['command']);
    const { fields } = this.#cluster;
    const cluster = {
      server: fields['server'],
      'certificate-authority-data': fields['certificate-authority-data'],
    };
    const execInfo = {
      apiVersion: textOf(exec['apiVersion']),
      kind: 'ExecCredential',
      spec: { interactive: false, ...(exec['provideClusterInfo'] === true ? { cluster } : {}) },
    };
    return {
      ...exec,
      command: command.includes('/') ? resolveEntryPath(this.#user, command) : command,
      args: listOf(exec['args']).map(String),
      env: [...listOf(exec['env']), { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(execInfo) }],
    };
  }

  #withTimeout(work: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(PLUGIN_TIMEOUT, () => {
        reject(new Error(`it did not end within ${PLUGIN_TIMEOUT / 1000} s`));
        this.#stopRun.abort();
        this.#stopRun = new AbortController();
      });
      work.then(resolve, reject).finally(cancel);
    });
  }

  #describeError(error: unknown): string {
    const { name, fields } = this.#user;
    const exec = fieldsOf(fields['exec']);
    const command = textOf(exec['command']);
    const { code } = error as NodeJS.ErrnoException;
    const message = failureText(error);
    if (command === '') return `the credentials of user "${name}" cannot be obtained: ${message}`;
    if (code === 'ENOENT') {
      const hint = textOf(exec['installHint']).trim();
      return `the credential plugin "${command}" of user "${name}" is not installed${hint === '' ? '' : `: ${hint}`}`;
    }
    return `the credential plugin "${command}" of user "${name}" failed: ${message.trim() || 'it printed no error'}`;
  }
}

function readCertificate({ cert, key }: RequestOptions): Pick<RestTlsOptions, 'cert' | 'key'> {
  return typeof cert === 'string' && typeof key === 'string' ? { cert, key } : {};
}

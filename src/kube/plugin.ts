/**
 * Credentials that a program has to be asked for: `exec` plugins and the old `auth-provider`s. This is the one
 * place that needs `@kubernetes/client-node`. It is imported when a kubeconfig has one of these, and of it no
 * more than that: its part for `exec` is small, while the whole holds all of Kubernetes' models.
 */

import type { RequestOptions } from 'node:https';
import type { Clock, Millis } from '../base/clock.ts';
import { err, ok, type Result } from '../base/result.ts';
import { fieldsOf, listOf, type Raw, textOf } from '../cluster/fields.ts';
import { CREDENTIAL_REREAD } from './credentialfile.ts';
import { type Entry, pathIn } from './kubeconfigfile.ts';
import type { KubeTls } from './target.ts';

/** Plugins may have to talk to somebody far away, but never to a person: there is no terminal. */
export const PLUGIN_TIMEOUT: Millis = 60_000;

type Credential = { readonly header: string | null; readonly tls: Pick<KubeTls, 'cert' | 'key'> };

/** Whoever gets the credentials of a kubeconfig's user. */
type Asker = (options: RequestOptions) => Promise<void>;

export class Plugin {
  readonly #cluster: Entry;
  readonly #user: Entry;
  readonly #clock: Clock;
  #asker: Asker | null = null;
  #credential: Credential = { header: null, tls: {} };
  #askedAt: Millis = Number.NEGATIVE_INFINITY;
  #asking: Promise<Credential> | null = null;

  private constructor(cluster: Entry, user: Entry, clock: Clock) {
    this.#cluster = cluster;
    this.#user = user;
    this.#clock = clock;
  }

  /** Asks for the first time. The error is a sentence. */
  static async start(cluster: Entry, user: Entry, clock: Clock): Promise<Result<Plugin, string>> {
    const plugin = new Plugin(cluster, user, clock);
    try {
      await plugin.authorization();
      return ok(plugin);
    } catch (error) {
      return err((error as Error).message);
    }
  }

  /** Rejects where the plugin fails; the client makes that an outcome. */
  async authorization(): Promise<string | null> {
    // client-node itself remembers a credential for as long as it says that it lasts.
    if (this.#clock.now() - this.#askedAt >= CREDENTIAL_REREAD) {
      this.#asking ??= this.#ask().finally(() => {
        this.#asking = null;
      });
      this.#credential = await this.#asking;
    }
    return this.#credential.header;
  }

  renew(): void {
    this.#asker = null;
    this.#askedAt = Number.NEGATIVE_INFINITY;
  }

  /** What the plugin gave instead of a token, or besides it. */
  tls(): Pick<KubeTls, 'cert' | 'key'> {
    return this.#credential.tls;
  }

  async #ask(): Promise<Credential> {
    this.#asker ??= await this.#makeAsker();
    const options: RequestOptions = { headers: {} };
    try {
      await this.#inTime(this.#asker(options));
    } catch (error) {
      throw new Error(this.#complaint(error), { cause: error });
    }
    const header = new Headers(options.headers as Record<string, string>).get('Authorization');
    this.#askedAt = this.#clock.now();
    return { header, tls: readPair(options) };
  }

  async #makeAsker(): Promise<Asker> {
    const { name, fields } = this.#user;
    if (fields['exec']) {
      const { ExecAuth } = await import('@kubernetes/client-node/dist/exec_auth.js');
      const user = { name, exec: this.#command(fieldsOf(fields['exec'])) };
      const auth = new ExecAuth();
      return (options) => auth.applyAuthentication(user, options);
    }
    const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
    const config = new KubeConfig();
    // What the server is does not matter here: nobody is connected to by these options.
    const server = { name: this.#cluster.name, server: 'https://server.invalid', skipTLSVerify: true };
    config.loadFromClusterAndUser(server, { name, authProvider: fields['auth-provider'] });
    return (options) => config.applyToHTTPSOptions(options);
  }

  /** As kubectl runs it: a path with a slash starts at the kubeconfig's folder, and the plugin is told the API. */
  #command(exec: Raw): object {
    const command = textOf(exec['command']);
    const { fields } = this.#cluster;
    const cluster = {
      server: fields['server'],
      'certificate-authority-data': fields['certificate-authority-data'],
    };
    const info = {
      apiVersion: textOf(exec['apiVersion']),
      kind: 'ExecCredential',
      spec: { interactive: false, ...(exec['provideClusterInfo'] === true ? { cluster } : {}) },
    };
    return {
      ...exec,
      command: command.includes('/') ? pathIn(this.#user, command) : command,
      args: listOf(exec['args']).map(String),
      env: [...listOf(exec['env']), { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }],
    };
  }

  #inTime(work: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(PLUGIN_TIMEOUT, () =>
        reject(new Error(`no answer within ${PLUGIN_TIMEOUT / 1000} s`)),
      );
      work.then(resolve, reject).finally(cancel);
    });
  }

  #complaint(error: unknown): string {
    const { name, fields } = this.#user;
    const exec = fieldsOf(fields['exec']);
    const command = textOf(exec['command']);
    const { code, message } = error as NodeJS.ErrnoException;
    if (command === '') return `the credentials of user "${name}" cannot be got: ${message}`;
    if (code === 'ENOENT') {
      const hint = textOf(exec['installHint']).trim();
      return `the credential plugin "${command}" of user "${name}" is not installed${hint === '' ? '' : `: ${hint}`}`;
    }
    return `the credential plugin "${command}" of user "${name}" failed: ${message.trim() || 'it says nothing'}`;
  }
}

function readPair({ cert, key }: RequestOptions): Pick<KubeTls, 'cert' | 'key'> {
  return typeof cert === 'string' && typeof key === 'string' ? { cert, key } : {};
}

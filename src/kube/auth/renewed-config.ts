/**
 * A configuration whose credentials may be replaced while the process runs, as a login or a renewal does in a kubeconfig. They are
 * looked for only after the server has refused those that are held (401): a file that is being edited disturbs nobody.
 */
import type { RestConfig, RestTlsOptions } from './rest-config.ts';

/** Another configuration of the same server; null where there is none, or none that can be used. */
type Renew = () => Promise<RestConfig | null>;

export class RenewedConfig implements RestConfig {
  readonly server: URL;
  readonly proxy?: URL;
  readonly namespace: string | null;
  readonly description: string;
  readonly #renew: Renew;
  #latest: RestConfig;
  #isRefused = false;
  #pending: Promise<void> | null = null;

  constructor(first: RestConfig, renew: Renew) {
    this.server = first.server;
    if (first.proxy !== undefined) this.proxy = first.proxy;
    this.namespace = first.namespace;
    this.description = first.description;
    this.#latest = first;
    this.#renew = renew;
  }

  get tls(): RestTlsOptions {
    return this.#latest.tls;
  }

  get headers(): readonly string[] {
    return this.#latest.headers;
  }

  async authorization(): Promise<string | null> {
    if (this.#isRefused)
      this.#pending ??= this.#replace().finally(() => {
        this.#pending = null;
      });
    await this.#pending;
    return this.#latest.authorization();
  }

  invalidateCredentials(): void {
    this.#isRefused = true;
    this.#latest.invalidateCredentials();
  }

  async #replace(): Promise<void> {
    this.#isRefused = false;
    this.#latest = (await this.#renew()) ?? this.#latest;
  }
}

/** Reads how kube-proxy runs, now and then: it reads its ConfigMap at its start only, so nobody has to notice a change at once. */
import type { Clock, Millis } from '../../../../base/clock.ts';
import { fieldsOf } from '../../../../base/json.ts';
import { KUBE_PROXY, type KubeProxySettings, readKubeProxy } from '../../../../config/kube-proxy.ts';
import type { ApiSender } from '../../../../kube/http/api-request.ts';
import { CONFIG_MAPS, objectPath } from '../../../../kube/resource.ts';
import { API_REQUEST_TIMEOUT } from '../../../../runtime/main/adapters.ts';

export const KUBE_PROXY_INTERVAL: Millis = 300_000;

export class KubeProxyReader {
  readonly #client: ApiSender;
  readonly #clock: Clock;
  readonly #changed: () => void;
  #settings: KubeProxySettings | null = null;
  #cancel: (() => void) | null = null;

  /** `changed` is called when it runs in another way than before. */
  constructor(context: { readonly client: ApiSender; readonly clock: Clock }, changed: () => void) {
    this.#client = context.client;
    this.#clock = context.clock;
    this.#changed = changed;
  }

  /** Null where there is no ConfigMap, no right to read it, or nothing in it that can be read. */
  get settings(): KubeProxySettings | null {
    return this.#settings;
  }

  start(): void {
    if (this.#cancel !== null) return;
    this.#cancel = () => {};
    void this.#read();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  /** What was read stays while the API server does not answer. */
  async #read(): Promise<void> {
    const outcome = await this.#client.send({
      ...{ method: 'GET', path: objectPath(CONFIG_MAPS, KUBE_PROXY), timeout: API_REQUEST_TIMEOUT },
    });
    if (this.#cancel === null) return;
    this.#cancel = this.#clock.after(KUBE_PROXY_INTERVAL, () => void this.#read());
    if (outcome.kind !== 'ok' && outcome.kind !== 'refused') return;
    const settings = outcome.kind === 'ok' ? readKubeProxy(fieldsOf(outcome.body)) : null;
    const isSame =
      settings?.mode === this.#settings?.mode && settings?.isStrictArp === this.#settings?.isStrictArp;
    this.#settings = settings;
    if (!isSame) this.#changed();
  }
}

/** A server in memory with one Service, and what a source of announced conditions is given beside it. */
import assert from 'node:assert/strict';
import { type ApiServer, startApiServer } from '../../../../../src/apiserver/server.ts';
import { anonymousConfig } from '../../../../../src/kube/auth/rest-config.ts';
import { KubeClient } from '../../../../../src/kube/http/client.ts';
import { decodeService, type Service, type ServiceKey } from '../../../../../src/objects/service.ts';
import { silentLog } from '../../../../../src/observe/log.ts';
import { Metrics } from '../../../../../src/observe/metrics.ts';
import { systemClock } from '../../../../../src/workqueue/system-clock.ts';
import { endpointSlice, service } from '../../../../announce/support/cluster.ts';
import { CRDS } from '../../../../support/crds.ts';
import type { FakeClock } from '../../../../support/fake-clock.ts';
import type { AnyObject } from '../../../support/rig.ts';

export const NAMESPACE = 'metallb-system';
export const KEY = 'web/a';

export class ServedCluster {
  readonly server: ApiServer;
  readonly client: KubeClient;
  readonly #services: ReadonlyMap<ServiceKey, Service>;

  private constructor(server: ApiServer) {
    this.server = server;
    this.client = new KubeClient({
      config: anonymousConfig(server.url),
      clock: systemClock,
      userAgent: 'test',
    });
    const web = decodeService(service('a', ['10.20.1.5']));
    assert.ok(web);
    this.#services = new Map([[KEY, web]]);
  }

  /** With an endpoint of the Service on the node w1, and with `objects`. */
  static async start(objects: readonly AnyObject[]): Promise<ServedCluster> {
    const server = await startApiServer({ clock: systemClock, namespaces: ['web', NAMESPACE] });
    for (const crd of CRDS) server.objects.put(crd);
    const slice = endpointSlice('a', [{ addresses: ['10.244.0.1'], nodeName: 'w1' }]);
    for (const one of [...objects, { ...slice, apiVersion: 'discovery.k8s.io/v1' }])
      server.objects.put(one as AnyObject);
    return new ServedCluster(server);
  }

  contextOf(clock: FakeClock) {
    const { client } = this;
    return { client, clock, random: () => 0.5, log: silentLog, metrics: new Metrics('test') };
  }

  /** What both kinds of source are given. */
  get sourceOptions() {
    return {
      ...{ namespace: NAMESPACE, lbClass: null, isManaged: () => true },
      view: {
        get: (key: ServiceKey) => this.#services.get(key),
        values: () => this.#services.values(),
        ...{ applyResponse: () => {}, confirmExists: () => {}, confirmDeleted: () => {} },
      },
    };
  }

  /** Objects of the programs' namespace. */
  deleteAll(kind: string): void {
    for (const { metadata } of this.server.objects.list(kind) as AnyObject)
      this.server.objects.delete(kind, NAMESPACE, metadata.name);
  }

  async stop(): Promise<void> {
    this.client.close();
    await this.server.stop();
  }
}

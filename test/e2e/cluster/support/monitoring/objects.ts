/** Objects by which faults are made. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../../../support/cluster/cluster.ts';
import { NAMESPACE } from '../berth-cluster.ts';

type ServiceOptions = { readonly pool: string; readonly spec?: Readonly<Record<string, unknown>> };

/** A Service of type LoadBalancer that the Pods of `far` serve: what has no endpoint is not announced. */
export const service = (name: string, { pool, spec = {} }: ServiceOptions): object => ({
  ...{ apiVersion: 'v1', kind: 'Service' },
  metadata: { name, namespace: 'default', annotations: { 'metallb.io/address-pool': pool } },
  spec: { type: 'LoadBalancer', ports: [{ port: 80 }], selector: { app: 'far' }, ...spec },
});

/** An object of metallb.io. */
export const namespaced = (kind: string, name: string, spec: object): object => ({
  ...{ apiVersion: 'metallb.io/v1beta1', kind, metadata: { name, namespace: NAMESPACE }, spec },
});

const PORT = 9999;
const SILENT = `require('node:net').createServer(() => {}).listen(${PORT}, '127.0.0.1')`;

/** The API server asks a webhook about each write of a Service's status. It accepts connections and never answers, so writes fail. */
export async function makeSilentWebhook(cluster: Cluster): Promise<void> {
  cluster.network.controlPlane.start('silent-webhook', process.execPath, '-e', SILENT);
  await cluster.apply({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'silent' },
    webhooks: [
      {
        ...{ name: 'silent.berth.dev', admissionReviewVersions: ['v1'], sideEffects: 'None' },
        ...{ failurePolicy: 'Fail', timeoutSeconds: 1 },
        clientConfig: { url: `https://127.0.0.1:${PORT}/` },
        rules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['services/status'] },
        ],
      },
    ],
  });
  await sleep(2_000); // until it counts: the API server reads it by a watch, and there is nothing to see of that
}

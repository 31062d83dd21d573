/** Objects as MetalLB's manifests and its controller make them, as far as leaving it depends on them. */
import type { Raw } from '../../../src/base/json.ts';

const WEBHOOK_RULES: readonly [
  path: string,
  plural: string,
  version: string,
  operations: readonly string[],
][] = [
  ['bgppeer', 'bgppeers', 'v1beta2', ['CREATE', 'UPDATE']],
  ['ipaddresspool', 'ipaddresspools', 'v1beta1', ['CREATE', 'UPDATE']],
  ['bgpadvertisement', 'bgpadvertisements', 'v1beta1', ['CREATE', 'UPDATE']],
  ['l2advertisement', 'l2advertisements', 'v1beta1', ['CREATE', 'UPDATE']],
  ['community', 'communities', 'v1beta1', ['CREATE', 'UPDATE']],
  ['bfdprofile', 'bfdprofiles', 'v1beta1', ['CREATE', 'DELETE']],
];

const service = (namespace: string, path: string) => ({
  service: { namespace, name: 'metallb-webhook-service', path, port: 443 },
});

/** `ca` is PEM in base64, as the controller injects it. */
export const webhookConfiguration = (namespace: string, ca?: string): Raw => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'metallb-webhook-configuration', labels: { app: 'metallb' } },
  webhooks: WEBHOOK_RULES.map(([path, plural, version, operations]) => ({
    name: `${path}validationwebhook.metallb.io`,
    admissionReviewVersions: ['v1'],
    clientConfig: {
      ...service(namespace, `/validate-metallb-io-${version}-${path}`),
      ...(ca === undefined ? {} : { caBundle: ca }),
    },
    failurePolicy: 'Fail',
    sideEffects: 'None',
    rules: [{ apiGroups: ['metallb.io'], apiVersions: [version], operations, resources: [plural] }],
  })),
});

export const conversion = (namespace: string, ca?: string): Raw => ({
  strategy: 'Webhook',
  webhook: {
    conversionReviewVersions: ['v1beta1', 'v1beta2'],
    clientConfig: { ...service(namespace, '/convert'), ...(ca === undefined ? {} : { caBundle: ca }) },
  },
});

export const controllerDeployment = (namespace: string): Raw => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'controller', namespace, labels: { app: 'metallb', component: 'controller' } },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'metallb', component: 'controller' } },
    template: {
      metadata: { labels: { app: 'metallb', component: 'controller' } },
      spec: { containers: [{ name: 'controller', image: 'quay.example/metallb/controller:v0.15.2' }] },
    },
  },
});

/** The key of the speakers' ring. */
export const memberlist = (namespace: string, ownerUid: string): Raw => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 'memberlist',
    namespace,
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'controller', uid: ownerUid }],
  },
  data: { secretkey: 'c2VjcmV0' },
});

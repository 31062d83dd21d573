/** Broken clusters of a table as they stand in a real API server, whose objects need more fields than those of a table. */
import { fieldsOf, type Raw, textOf } from '../../../src/base/json.ts';
import { nameOf, namespaceOf, specOf } from '../../../src/objects/metadata.ts';
import { withTypes } from '../../delivery/support/with-types.ts';
import type { ApiClient } from '../../support/real-api/client.ts';

const PLURALS: Readonly<Record<string, string>> = {
  Community: 'communities',
  SpeakerStatus: 'speakerstatuses',
};
const CLUSTER_SCOPED: ReadonlySet<string> = new Set([
  ...['Node', 'ServiceCIDR', 'CiliumLoadBalancerIPPool', 'BGPConfiguration'],
]);

/** A CRD without a schema: kinds of other programs. */
export const bareCrd = (
  group: string,
  version: string,
  kind: string,
  plural = `${kind.toLowerCase()}s`,
): Raw => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}` },
  spec: {
    ...{ group, scope: 'Cluster', names: { kind, plural } },
    versions: [
      {
        ...{ name: version, served: true, storage: true },
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});

function collectionOf(raw: Raw): string {
  const [kind, apiVersion] = [textOf(raw['kind']), textOf(raw['apiVersion'])];
  const plural = PLURALS[kind] ?? `${kind.toLowerCase()}s`;
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return CLUSTER_SCOPED.has(kind) ? `${root}/${plural}` : `${root}/namespaces/${namespaceOf(raw)}/${plural}`;
}

/** With what the API server insists on. */
function completed(raw: Raw): Raw {
  const spec = specOf(raw);
  switch (raw['kind']) {
    case 'Service':
      return { ...raw, spec: { ports: [{ port: 80 }], ...spec } };
    case 'EndpointSlice':
      return { addressType: 'IPv4', ...raw };
    case 'DaemonSet':
    case 'Deployment': {
      const labels = { app: nameOf(raw) };
      const template = fieldsOf(spec['template']);
      const metadata = fieldsOf(template['metadata']);
      const all = { ...fieldsOf(metadata['labels']), ...labels };
      return {
        ...raw,
        spec: {
          ...spec,
          selector: { matchLabels: labels },
          template: { ...template, metadata: { ...metadata, labels: all } },
        },
      };
    }
    case 'ServiceCIDR':
      // The API server has made its own, whose ranges are immutable.
      return { ...raw, metadata: { name: 'more' } };
    default:
      return raw;
  }
}

const namesOf = (kind: string, objects: readonly Raw[]): readonly string[] =>
  objects.filter((raw) => raw['kind'] === kind).map(nameOf);

/** A table leaves out what is usual: a speaker on each node that says nothing of its own. */
const speakersOf = (objects: readonly Raw[]): readonly Raw[] =>
  objects
    .filter((raw) => raw['kind'] === 'Node' && !namesOf('SpeakerStatus', objects).includes(nameOf(raw)))
    .map((node) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `berth-speaker-${nameOf(node)}`,
        namespace: 'metallb-system',
        labels: { 'app.kubernetes.io/name': 'berth', 'app.kubernetes.io/component': 'speaker' },
      },
      spec: { nodeName: nameOf(node), containers: [{ name: 'speaker', image: 'berth', args: ['speaker'] }] },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
    }));

const workload = (name: string, namespace: string, image: string, spec: Raw = {}): Raw => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name, namespace },
  spec: { template: { spec: { containers: [{ name: 'main', image }], ...spec } } },
});

/** Programs whose objects a table has: kube-proxy mounts its ConfigMap, and Cilium's agent reads its pools. */
const programsOf = (objects: readonly Raw[]): readonly Raw[] => [
  ...objects
    .filter((raw) => raw['kind'] === 'ConfigMap')
    .map((raw) =>
      workload('kube-proxy', namespaceOf(raw), 'registry.k8s.io/kube-proxy:v1.34.1', {
        volumes: [{ name: 'config', configMap: { name: nameOf(raw) } }],
      }),
    ),
  ...namesOf('CiliumLoadBalancerIPPool', objects).map(() =>
    workload('cilium', 'kube-system', 'quay.io/cilium/cilium:v1.18.0'),
  ),
];

export class BrokenCluster {
  readonly #api: ApiClient;
  readonly #namespaces = new Set<string>();
  #paths: string[] = [];

  constructor(api: ApiClient) {
    this.#api = api;
  }

  /** What the API server refuses, each with its reason: then no cluster can have it. */
  async create(objects: readonly Raw[]): Promise<readonly string[]> {
    const refused: string[] = [];
    for (const raw of [...objects.map(withTypes), ...speakersOf(objects), ...programsOf(objects)]) {
      await this.#addNamespace(namespaceOf(raw));
      const object = completed(raw);
      const path = collectionOf(raw);
      const own = `${path}/${nameOf(object)}`;
      const { status, body } = await this.#api.request<Raw>('POST', path, object);
      if (status === 422 || status === 400)
        refused.push(`${raw['kind']} ${nameOf(raw)}: ${textOf(body['message'])}`);
      else if (status >= 300) throw new Error(`${own} was answered ${status}: ${JSON.stringify(body)}`);
      else this.#paths.push(own);
      if (status < 300 && raw['status'] !== undefined)
        await this.#api.requestOk('PATCH', `${own}/status`, { status: raw['status'] });
    }
    return refused;
  }

  async clear(): Promise<void> {
    for (const path of this.#paths.splice(0)) {
      await this.#api.request('DELETE', path, { gracePeriodSeconds: 0, propagationPolicy: 'Background' });
      await this.#api.request('PATCH', path, { metadata: { finalizers: null } });
    }
    // What a printed edit created has another path.
    for (const plural of ['bgpadvertisements', 'l2advertisements', 'bgppeers', 'communities', 'bfdprofiles'])
      for (const version of ['v1beta1', 'v1beta2']) {
        const collection = `/apis/metallb.io/${version}/namespaces/metallb-system/${plural}`;
        await this.#api.request('DELETE', collection);
      }
  }

  async #addNamespace(name: string): Promise<void> {
    if (name === '' || this.#namespaces.has(name)) return;
    this.#namespaces.add(name);
    await this.#api.request('POST', '/api/v1/namespaces', { metadata: { name } });
  }
}

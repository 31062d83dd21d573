/** The objects of a case on a real API server: created, changed and deleted as its steps say, and removed at its end. */
import {
  BFD_PROFILES,
  BGP_ADVERTISEMENTS,
  BGP_PEERS,
  COMMUNITIES,
  CONFIG_MAPS,
  CONFIGURATION_STATES,
  collectionPath,
  ENDPOINT_SLICES,
  EVENTS,
  IP_ADDRESS_POOLS,
  L2_ADVERTISEMENTS,
  NODES,
  objectPath,
  PODS,
  type Resource,
  SECRETS,
  SERVICE_BGP_STATUSES,
  SERVICE_L2_STATUSES,
  SERVICES,
  SPEAKER_STATUSES,
} from '../../../../../src/kube/resource.ts';
import { type AnyObject, NAMESPACE } from '../../../../controller/support/rig.ts';
import type { ApiClient } from '../../../../support/real-api/client.ts';

/** The kinds that cases have. */
const CASE_RESOURCES: readonly Resource[] = [
  ...[NODES, SERVICES, ENDPOINT_SLICES, SECRETS, CONFIG_MAPS, IP_ADDRESS_POOLS],
  ...[BGP_ADVERTISEMENTS, L2_ADVERTISEMENTS, BGP_PEERS, COMMUNITIES, BFD_PROFILES],
];

/** What speakers and the test write besides. */
const WRITTEN_RESOURCES: readonly Resource[] = [
  ...[PODS, EVENTS, CONFIGURATION_STATES, SERVICE_BGP_STATUSES, SERVICE_L2_STATUSES, SPEAKER_STATUSES],
];

/** Objects that the API server makes for itself. */
const OWN_NAMES: ReadonlySet<string> = new Set(['kubernetes', 'kube-root-ca.crt']);

export class CaseObjects {
  readonly #api: ApiClient;
  readonly #namespaces = new Set(['default', NAMESPACE]);
  /** Since the start of the case, those that the API server rejected: the case goes on without them. */
  readonly #rejected: string[] = [];

  constructor(api: ApiClient) {
    this.#api = api;
  }

  get rejected(): readonly string[] {
    return this.#rejected;
  }

  async create(object: AnyObject): Promise<void> {
    const { kind, metadata, status } = object;
    const resource = resourceOf(kind);
    if (metadata.namespace !== undefined) await this.#addNamespace(metadata.namespace);
    const path = collectionPath(resource, resource.namespaced ? metadata.namespace : null);
    const created = await this.#write('POST', path, object, `${kind} ${metadata.name}`);
    if (created && status !== undefined)
      await this.#write('PATCH', `${path}/${metadata.name}/status`, { status }, `${kind} ${metadata.name}`);
  }

  /** `reference` is `Kind name` or `Kind namespace/name`; `change` a merge patch, whose status goes to the subresource. */
  async patch(reference: string, { status, ...change }: AnyObject): Promise<void> {
    const path = pathOf(reference);
    if (Object.keys(change).length > 0) await this.#write('PATCH', path, change, reference);
    if (status !== undefined) await this.#write('PATCH', `${path}/status`, { status }, reference);
  }

  async delete(reference: string): Promise<void> {
    await this.#write('DELETE', pathOf(reference), undefined, reference);
  }

  /** The Pod of a speaker, which is ready. By it, the speaker owns what it writes. */
  async ensurePod(name: string, node: string): Promise<void> {
    const path = collectionPath(PODS, NAMESPACE);
    if ((await this.#api.request('GET', `${path}/${name}`)).status === 200) return;
    await this.#api.requestOk('POST', path, {
      metadata: { name, labels: { 'app.kubernetes.io/component': 'speaker' } },
      spec: { nodeName: node, hostNetwork: true, containers: [{ name: 'speaker', image: 'berth' }] },
    });
    const conditions = [{ type: 'Ready', status: 'True' }];
    await this.#api.requestOk('PATCH', `${path}/${name}/status`, {
      status: { phase: 'Running', conditions },
    });
  }

  /** In all namespaces. */
  async list(resource: Resource, query = ''): Promise<readonly AnyObject[]> {
    return (await this.#api.requestOk<AnyObject>('GET', `${collectionPath(resource)}${query}`)).items;
  }

  /** Removes all objects; namespaces stay, since nothing finalizes them. */
  async clear(): Promise<void> {
    this.#rejected.length = 0;
    for (const resource of [...CASE_RESOURCES, ...WRITTEN_RESOURCES]) {
      const objects = await this.list(resource);
      await Promise.all(objects.map(({ metadata }) => this.#remove(resource, metadata)));
    }
  }

  async #remove(resource: Resource, { name, namespace = null, finalizers }: AnyObject): Promise<void> {
    if (OWN_NAMES.has(name)) return;
    const path = objectPath(resource, { namespace, name });
    await this.#api.request('DELETE', path, { gracePeriodSeconds: 0 });
    if (finalizers !== undefined) await this.#api.request('PATCH', path, { metadata: { finalizers: null } });
  }

  async #addNamespace(name: string): Promise<void> {
    if (this.#namespaces.has(name)) return;
    this.#namespaces.add(name);
    await this.#api.requestOk('POST', '/api/v1/namespaces', { metadata: { name } });
  }

  /** Returns whether the object was accepted; one that is invalid is noted. */
  async #write(method: string, path: string, body: unknown, label: string): Promise<boolean> {
    const response = await this.#api.request<AnyObject>(method, path, body);
    if (response.status < 300) return true;
    if (response.status !== 422 && response.status !== 400)
      throw new Error(`${label}: ${response.status} ${response.body?.message}`);
    this.#rejected.push(label);
    return false;
  }
}

function resourceOf(kind: string): Resource {
  const resource = CASE_RESOURCES.find((one) => one.kind === kind);
  if (resource === undefined) throw new Error(`cases have no objects of kind ${kind}`);
  return resource;
}

/** Objects without a namespace in their reference are in Berth's. */
function pathOf(reference: string): string {
  const [kind = '', rest = ''] = reference.split(' ');
  const resource = resourceOf(kind);
  const [first = '', second] = rest.split('/');
  if (!resource.namespaced) return objectPath(resource, { namespace: null, name: first });
  const namespace = second === undefined ? NAMESPACE : first;
  return objectPath(resource, { namespace, name: second ?? first });
}

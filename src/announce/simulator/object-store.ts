/**
 * Simulates the storage of an API server for case files. It gives created objects an identity, applies JSON merge patches
 * (RFC 7386), keeps deleted objects that have finalizers, clears the status of a Service that is no LoadBalancer any more,
 * and rejects what the schemas reject.
 */
import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { mergePatch } from '../../base/merge-patch.ts';
import type { LegacyConfigSettings } from '../../config/legacy/config-map.ts';
import { decodeEndpointSlice } from '../../objects/endpoint-slice.ts';
import { decodeNode } from '../../objects/node.ts';
import { isOfKind } from '../../objects/object-id.ts';
import { decodeService, type Service } from '../../objects/service.ts';
import { type LegacyConfigState, legacyConfigObjects, nextLegacyState } from '../config/legacy-config.ts';
import type { ConfigObjects } from '../config/node-config.ts';
import type { ClusterObjects } from '../model/full-model.ts';
import { isDenied } from './admission.ts';

const CLUSTER_SCOPED_KINDS: ReadonlySet<string> = new Set(['Node', 'Namespace']);
const DEFAULT_NAMESPACE_KINDS: ReadonlySet<string> = new Set(['Service', 'EndpointSlice']);

/** The kinds that are read, with their groups. */
const GROUPS: ReadonlyMap<string, string> = new Map([
  ...['ConfigMap', 'Node', 'Secret', 'Service'].map((kind) => [kind, ''] as const),
  ['EndpointSlice', 'discovery.k8s.io'],
  ...['IPAddressPool', 'BGPAdvertisement', 'L2Advertisement', 'BGPPeer', 'Community', 'BFDProfile'].map(
    (kind) => [kind, 'metallb.io'] as const,
  ),
]);

/** Whether it has the kind of objects that are read, and another group: a BGPPeer of Calico, a Service of Knative. */
function isNamesake(raw: Raw): boolean {
  const kind = textOf(raw['kind']);
  const group = GROUPS.get(kind);
  return group !== undefined && !isOfKind(raw, kind, group);
}

export class SimulatedObjectStore {
  readonly #metallbNamespace: string;
  readonly #legacyConfig: LegacyConfigSettings | null;
  #legacyState: LegacyConfigState | null = null;
  readonly #objects = new Map<string, Raw>();
  readonly #decodeNode = decodedOnce(decodeNode);
  readonly #decodeService = decodedOnce(decodeService);
  readonly #decodeSlice = decodedOnce(decodeEndpointSlice);
  #createdCount = 0;
  /** Objects created at one time have the same age, so that their order has no meaning. */
  #clock = 0;

  /** `legacyConfig` is the ConfigMap that the configuration comes from; null where it comes from objects. */
  constructor(metallbNamespace: string, legacyConfig: LegacyConfigSettings | null = null) {
    this.#metallbNamespace = metallbNamespace;
    this.#legacyConfig = legacyConfig;
  }

  /** Objects that are created from now on are younger than all existing ones. */
  advanceClock(): void {
    this.#clock += 1;
  }

  create(raw: Raw): void {
    if (isNamesake(raw)) return;
    const metadata = fieldsOf(raw['metadata']);
    const [kind, name] = [textOf(raw['kind']), textOf(metadata['name'])];
    const namespace = this.#defaultNamespace(kind, textOf(metadata['namespace']));
    const reference = `${kind} ${namespace}/${name}`;
    if (this.#objects.has(reference)) return;
    this.#createdCount += 1;
    const stamped: Raw = {
      ...raw,
      metadata: {
        creationTimestamp: new Date(this.#clock * 1_000).toISOString(),
        ...metadata,
        namespace,
        uid: textOf(metadata['uid']) || `${reference} ${this.#clock === 0 ? 0 : this.#createdCount}`,
      },
    };
    const stored = applyServerRules(stamped);
    if (!isDenied(stored, null)) this.#objects.set(reference, stored);
  }

  patch(reference: string, change: unknown): void {
    const key = this.#resolve(reference);
    const before = this.#objects.get(key);
    if (before === undefined) return;
    const after = applyServerRules(fieldsOf(mergePatch(before, change)));
    if (isDenied(after, before)) return;
    this.#objects.set(key, after);
    const { deletionTimestamp, finalizers } = fieldsOf(after['metadata']);
    if (deletionTimestamp !== undefined && listOf(finalizers).length === 0) this.#objects.delete(key);
  }

  delete(reference: string): void {
    const key = this.#resolve(reference);
    const object = this.#objects.get(key);
    if (object === undefined) return;
    const metadata = fieldsOf(object['metadata']);
    if (listOf(metadata['finalizers']).length === 0) this.#objects.delete(key);
    else {
      const deletionTimestamp = new Date(this.#clock * 1_000).toISOString();
      this.#objects.set(key, { ...object, metadata: { ...metadata, deletionTimestamp } });
    }
  }

  nodeNames(): readonly string[] {
    return this.#ofKind('Node').map((raw) => textOf(fieldsOf(raw['metadata'])['name']));
  }

  objects(): ClusterObjects {
    return {
      config: this.#config(),
      nodes: this.#ofKind('Node').flatMap((raw) => this.#decodeNode(raw) ?? []),
      services: this.services(),
      endpointSlices: this.#ofKind('EndpointSlice').flatMap((raw) => this.#decodeSlice(raw) ?? []),
    };
  }

  /** All objects as they are stored. */
  stored(): readonly Raw[] {
    return [...this.#objects.values()];
  }

  services(): readonly Service[] {
    return this.#ofKind('Service').flatMap((raw) => this.#decodeService(raw) ?? []);
  }

  #config(): ConfigObjects {
    const secrets = this.#ofKind('Secret');
    if (this.#legacyConfig !== null) {
      const settings = { ...this.#legacyConfig, namespace: this.#metallbNamespace };
      const configMap = this.#objects.get(`ConfigMap ${settings.namespace}/${settings.name}`);
      this.#legacyState = nextLegacyState(configMap, this.#legacyState, settings);
      return { ...legacyConfigObjects(this.#legacyState), secrets };
    }
    return {
      pools: this.#ofKind('IPAddressPool'),
      advertisements: this.#ofKind('BGPAdvertisement'),
      layer2: this.#ofKind('L2Advertisement'),
      peers: this.#ofKind('BGPPeer'),
      communities: this.#ofKind('Community'),
      bfdProfiles: this.#ofKind('BFDProfile'),
      secrets,
    };
  }

  #ofKind(kind: string): readonly Raw[] {
    return [...this.#objects.values()].filter((raw) => raw['kind'] === kind);
  }

  /** `Kind name` or `Kind namespace/name`. */
  #resolve(reference: string): string {
    const [kind = '', path = ''] = reference.split(' ');
    const slash = path.indexOf('/');
    const namespace = this.#defaultNamespace(kind, slash < 0 ? '' : path.slice(0, slash));
    return `${kind} ${namespace}/${path.slice(slash + 1)}`;
  }

  #defaultNamespace(kind: string, explicit: string): string {
    if (CLUSTER_SCOPED_KINDS.has(kind)) return '';
    if (explicit !== '') return explicit;
    return DEFAULT_NAMESPACE_KINDS.has(kind) ? 'default' : this.#metallbNamespace;
  }
}

/** Decodes each stored object once; a write stores a new one. */
function decodedOnce<T>(decode: (raw: Raw) => T | null): (raw: Raw) => T | null {
  const cache = new WeakMap<Raw, { readonly value: T | null }>();
  return (raw) => {
    const decoded = cache.get(raw) ?? { value: decode(raw) };
    cache.set(raw, decoded);
    return decoded.value;
  };
}

function applyServerRules(raw: Raw): Raw {
  if (raw['kind'] === 'Secret') return encodeStringData(raw);
  if (raw['kind'] !== 'Service' || fieldsOf(raw['spec'])['type'] === 'LoadBalancer') return raw;
  const { loadBalancer: _, ...status } = fieldsOf(raw['status']);
  return { ...raw, status };
}

/** Writes `stringData` into `data`, as the API server does. */
function encodeStringData(raw: Raw): Raw {
  const { stringData, ...rest } = raw;
  const encoded = Object.entries(fieldsOf(stringData)).flatMap(([key, value]) =>
    typeof value === 'string' ? [[key, Buffer.from(value, 'utf8').toString('base64')] as const] : [],
  );
  return { ...rest, data: { ...fieldsOf(raw['data']), ...Object.fromEntries(encoded) } };
}

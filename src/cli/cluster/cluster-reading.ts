/**
 * One reading of a live cluster, for one answer of a command. Whoever takes part in the answer asks here, and each collection is
 * listed once: so all parts of an answer are about the same objects, and a large cluster is not read twice.
 */
import { type Raw, textOf } from '../../base/json.ts';
import { rememberByKey } from '../../base/remember.ts';
import { plural } from '../../base/text.ts';
import type { ApiOutcome, ApiSender } from '../../kube/http/api-request.ts';
import { type ListFailure, listAll } from '../../kube/informer/list.ts';
import {
  BGP_ADVERTISEMENTS,
  BGP_PEERS,
  collectionPath,
  IP_ADDRESS_POOLS,
  L2_ADVERTISEMENTS,
  type Resource,
  SERVICES,
  SPEAKER_STATUSES,
} from '../../kube/resource.ts';
import { namespaceOf, specOf } from '../../objects/metadata.ts';
import { decodeService, type Service, type ServiceKey, splitServiceKey } from '../../objects/service.ts';
import { withLastApplied } from './apply.ts';
import { asRead } from './as-read.ts';
import { type CalicoResources, findCalicoKinds } from './calico-discovery.ts';
import {
  type Collection,
  type CollectionReader,
  isNotServed,
  type ListedObjects,
  type StoredObjects,
} from './collection-reader.ts';
import { completeListItem } from './list-item.ts';
import { listLoadBalancers } from './load-balancers.ts';
import { OldConfiguration } from './old-configuration.ts';

const REQUEST_TIMEOUT = 15_000;

export type ClusterReadingOptions = {
  readonly sender: ApiSender;
  /** For progress: `the cluster at https://10.0.0.1:6443`. */
  readonly description: string;
  /** Of the controller, the pools and the speakers. */
  readonly namespace: string;
  readonly progress: (text: string) => void;
};

/** Services of type LoadBalancer, decoded. */
export type ListedServices = { readonly kind: 'ok'; readonly services: readonly Service[] } | ListFailure;

/** Where one of them has an object, speakers announce. */
const ANNOUNCING: readonly Resource[] = [BGP_PEERS, BGP_ADVERTISEMENTS, L2_ADVERTISEMENTS, SPEAKER_STATUSES];

/** Of these, Calico's model reads the objects of all namespaces. */
const READ_BY_CALICO: readonly Resource[] = [IP_ADDRESS_POOLS, BGP_ADVERTISEMENTS];

export class ClusterReading implements CollectionReader {
  readonly sender: ApiSender;
  readonly description: string;
  readonly namespace: string;
  readonly #progress: ClusterReadingOptions['progress'];
  readonly #lists = new Map<string, Promise<StoredObjects>>();
  readonly #answers = new Map<string, Promise<ApiOutcome>>();
  /** Of Services of type LoadBalancer, made of the whole object. */
  readonly #decoded = new WeakMap<Raw, Service>();
  #calico: Promise<CalicoResources> | null = null;
  readonly #old: OldConfiguration;
  #count = 0;

  constructor(options: ClusterReadingOptions) {
    this.sender = options.sender;
    this.description = options.description;
    this.namespace = options.namespace;
    this.#progress = options.progress;
    const stored = {
      list: (one: Collection) => this.#listStored(one),
      get: (path: string) => this.get(path),
    };
    this.#old = new OldConfiguration(stored, options.namespace);
  }

  get(path: string): Promise<ApiOutcome> {
    return rememberByKey(this.#answers, path, () =>
      this.sender.send({ method: 'GET', path, timeout: REQUEST_TIMEOUT }),
    );
  }

  async list(collection: Collection): Promise<ListedObjects> {
    const listed = await this.#listStored(collection);
    if (listed.kind !== 'ok' && !isNotServed(collection.resource, listed)) return listed;
    return (await this.#old.instead(collection)) ?? listed;
  }

  async #listStored(collection: Collection): Promise<StoredObjects> {
    const { resource, namespace } = collection;
    if (namespace === undefined || !(await this.#isListedWhole(resource))) return this.#listOnce(collection);
    const all = await this.#listOnce({ resource });
    if (all.kind !== 'ok') return isForbidden(all) ? this.#listOnce(collection) : all;
    return { kind: 'ok', items: all.items.filter((raw) => namespaceOf(raw) === namespace) };
  }

  /** `namespace` is null for all. */
  async loadBalancers(namespace: string | null): Promise<ListedServices> {
    const listed = await this.#servicesOf(namespace);
    if (listed.kind !== 'ok') return listed;
    const services = listed.items.flatMap((raw) => this.#decoded.get(raw) ?? []);
    return {
      kind: 'ok',
      services: namespace === null ? services : services.filter(({ key }) => isIn(namespace, key)),
    };
  }

  /** Calico's kinds that the cluster serves. */
  calicoKinds(): Promise<CalicoResources> {
    this.#calico ??= findCalicoKinds(this);
    return this.#calico;
  }

  /** Whether Calico or speakers may announce, as far as that can be read. */
  async mayBeModelled(): Promise<boolean> {
    const [{ resources }, ...announcing] = await Promise.all([
      this.calicoKinds(),
      ...ANNOUNCING.map((resource) => this.list({ resource, namespace: this.namespace })),
    ]);
    return resources.length > 0 || announcing.some((one) => one.kind === 'ok' && one.items.length > 0);
  }

  async #isListedWhole(resource: Resource): Promise<boolean> {
    if (this.#lists.has(keyOf({ resource }))) return true;
    return READ_BY_CALICO.includes(resource) && (await this.calicoKinds()).resources.length > 0;
  }

  /** At least those of type LoadBalancer of the namespace. A model reads all Services: then they are listed once for both. */
  async #servicesOf(namespace: string | null): Promise<StoredObjects> {
    const all = { resource: SERVICES };
    if (this.#lists.has(keyOf(all)) || (await this.mayBeModelled())) {
      const listed = await this.#listOnce(all);
      if (namespace === null || listed.kind === 'ok' || !isForbidden(listed)) return listed;
    }
    return namespace === null ? this.#listLoadBalancers() : this.#listOnce({ ...all, namespace });
  }

  #listOnce(collection: Collection): Promise<StoredObjects> {
    const { resource } = collection;
    return rememberByKey(this.#lists, keyOf(collection), () =>
      listAll(this.sender, { ...collection, from: 'consistent' }, (raw) => this.#keep(resource, raw)),
    );
  }

  #listLoadBalancers(): Promise<StoredObjects> {
    return rememberByKey(this.#lists, 'load balancers', async (): Promise<StoredObjects> => {
      let items: Raw[] = [];
      const listed = await listLoadBalancers(this.sender, {
        begin: () => {
          items = [];
        },
        item: (raw) => items.push(this.#keep(SERVICES, raw)),
      });
      return listed.kind === 'ok' ? { kind: 'ok', items } : listed;
    });
  }

  /** An object may be a megabyte, of which commands read a thousandth. */
  #keep(resource: Resource, raw: Raw): Raw {
    const kept = completeListItem(resource, withLastApplied(asRead(resource, raw), raw));
    if (resource === SERVICES && textOf(specOf(raw)['type']) === 'LoadBalancer') {
      const service = decodeService(raw);
      if (service !== null) this.#decoded.set(kept, service);
    }
    this.#count++;
    this.#progress(`reading ${this.description}: ${plural(this.#count, 'object')} so far`);
    return kept;
  }
}

const keyOf = ({ resource, namespace }: Collection): string => collectionPath(resource, namespace ?? null);

const isIn = (namespace: string, key: ServiceKey): boolean => splitServiceKey(key).namespace === namespace;

const isForbidden = (failure: ListFailure): boolean => failure.kind === 'refused' && failure.status === 403;

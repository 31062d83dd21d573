/**
 * The old ConfigMap of MetalLB, live: a source for each kind of object that it stands for. A text with an issue, and a
 * ConfigMap that is deleted, leave the objects of the last good text in force.
 */
import type { ConfigOrigin } from '../../announce/config/config-origin.ts';
import { type LegacyConfigState, nextLegacyState } from '../../announce/config/legacy-config.ts';
import type { NamespaceScope } from '../../announce/config/node-config.ts';
import type { Raw } from '../../base/json.ts';
import { Listeners } from '../../base/listeners.ts';
import type { LegacyConfigSettings, LegacyObject } from '../../config/legacy/config-map.ts';
import { CONFIG_MAPS, type Resource } from '../../kube/resource.ts';
import { nameOf, type ObjectVersion } from '../../objects/metadata.ts';
import { Informer, type InformerContext } from './informer.ts';
import { LegacyObjectSource } from './legacy-object-source.ts';
import type { ObjectSource } from './object-source.ts';
import { sameWatchedObject, toWatchedObject, type WatchedObject } from './watched-object.ts';

export class LegacyConfigMap {
  readonly informer: Informer<WatchedObject>;
  /** The ConfigMap was read, whether it is good or not. The sources have notified before. */
  readonly changes = new Listeners();
  readonly #settings: LegacyConfigSettings & NamespaceScope;
  readonly #sources = new Map<string, Pick<LegacyObjectSource<never>, 'replace'>>();
  #state: LegacyConfigState | null = null;

  constructor(context: InformerContext, namespace: string, settings: LegacyConfigSettings) {
    const { name } = settings;
    this.#settings = { ...settings, namespace };
    this.informer = new Informer<WatchedObject>(
      context,
      {
        ...{ resource: CONFIG_MAPS, namespace, fieldSelector: `metadata.name=${name}` },
        decode: (raw) => (nameOf(raw) === name ? toWatchedObject(raw) : null),
        keyOf: (one) => one.name,
      },
      {
        isSame: sameWatchedObject,
        changed: (_, { raw }) => this.#read(raw),
        deleted: () => this.#read(undefined),
        listed: () => {
          if (this.informer.store.size === 0) this.#read(undefined);
        },
      },
    );
  }

  /** Where the objects stand in the text, and what is wrong with its present version; null before the first list. */
  get origin(): ConfigOrigin | null {
    return this.#state?.origin ?? null;
  }

  /** The ConfigMap itself; undefined where there is none. */
  get object(): WatchedObject | undefined {
    return this.informer.store.get(this.#settings.name);
  }

  /** The objects of one kind; `decode` is that of the informer which it stands in for. */
  source<T extends ObjectVersion>(resource: Resource, decode: (raw: Raw) => T | null): ObjectSource<T> {
    const source = new LegacyObjectSource<T>(this.informer, resource, decode);
    this.#sources.set(resource.kind, source);
    return source;
  }

  /** Undefined where there is no ConfigMap. */
  #read(configMap: Raw | undefined): void {
    this.#state = nextLegacyState(configMap, this.#state, this.#settings);
    const { objects, origin } = this.#state;
    if (objects !== null && origin.issues.length === 0) this.#deliver(objects);
    this.changes.notify();
  }

  /** All sources have the new objects before the first of them notifies. */
  #deliver(objects: readonly LegacyObject[]): void {
    const notifications = [...this.#sources].map(([kind, source]) =>
      source.replace(objects.filter((one) => one.kind === kind).map(({ raw }) => raw)),
    );
    for (const notify of notifications) notify();
  }
}

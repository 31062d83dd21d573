/**
 * A live cluster whose overview is followed. What addresses depend on is held already, so that a question about one Service does not
 * list ten thousand. Where the overview lacks something, it is listed as if nothing were held.
 */
import type { Raw } from '../../../base/json.ts';
import type { Result } from '../../../base/result.ts';
import { NAMESPACES } from '../../../kube/resource.ts';
import type { OverviewKind } from '../../../overview/kinds.ts';
import { isRead } from '../../../overview/knowledge.ts';
import type { Overview } from '../../../overview/overview.ts';
import type { ClusterReading } from '../cluster-reading.ts';
import type { ClusterSource } from '../cluster-source.ts';
import { ClusterState, wholeState } from '../cluster-state.ts';
import { readLiveClaims } from '../live-claims.ts';
import { LiveCluster } from '../live-cluster.ts';
import { type DefaultNamespaces, refOf } from '../resource-ref.ts';

const POOL_KINDS: readonly OverviewKind[] = ['IPAddressPool', 'L2Advertisement', 'BGPAdvertisement'];

export type FollowedClusterOptions = {
  /** For one answer: of what is not held. */
  readonly reading: ClusterReading;
  readonly defaultNamespaces: DefaultNamespaces;
  /** With all changes so far; null until everything was read once. */
  readonly overview: () => Overview | null;
};

export class FollowedCluster implements ClusterSource {
  readonly description: string;
  readonly #options: FollowedClusterOptions;
  readonly #live: LiveCluster;

  constructor(options: FollowedClusterOptions) {
    this.description = options.reading.description;
    this.#options = options;
    this.#live = new LiveCluster(options);
  }

  async readState(): Promise<Result<ClusterState, string>> {
    return wholeState(await this.readPartialState());
  }

  async readPartialState(): Promise<ClusterState> {
    const { reading, defaultNamespaces, overview } = this.#options;
    const held = overview();
    const state = held === null ? null : heldState(held, defaultNamespaces);
    if (held === null || state === null) return this.#live.readPartialState();
    const [areNamespacesRead] = await Promise.all([
      this.#readNamespaces(held, state),
      readLiveClaims(reading, state.claimObjects),
    ]);
    return areNamespacesRead ? state : this.#live.readPartialState();
  }

  findObject: ClusterSource['findObject'] = (ref) => this.#live.findObject(ref);
  readFamilies: ClusterSource['readFamilies'] = () => this.#live.readFamilies();
  readCalicoInput: ClusterSource['readCalicoInput'] = () => this.#live.readCalicoInput();
  readSpeakerInput: ClusterSource['readSpeakerInput'] = (mayAnnounce) =>
    this.#live.readSpeakerInput(mayAnnounce);

  /** They are watched only where a pool selects by their labels, which an edit may be the first to do. */
  async #readNamespaces(held: Overview, state: ClusterState): Promise<boolean> {
    const { reading, defaultNamespaces } = this.#options;
    if (putHeld('Namespace', held, state, defaultNamespaces)) return true;
    const listed = await reading.list({ resource: NAMESPACES });
    if (listed.kind === 'ok') for (const raw of listed.items) put(raw, state, defaultNamespaces);
    return listed.kind === 'ok';
  }
}

/** Null where a part of it is not known, or where there is no pool: then those of other namespaces are a remark. */
function heldState(held: Overview, defaultNamespaces: DefaultNamespaces): ClusterState | null {
  const services = held.allServices();
  if (services === null) return null;
  const state = new ClusterState(defaultNamespaces.pools);
  for (const service of services) state.services.set(service.key, service);
  const areRead = POOL_KINDS.every((kind) => putHeld(kind, held, state, defaultNamespaces));
  return areRead && state.pools.size > 0 ? state : null;
}

/** Whether all objects of the kind are held. */
function putHeld(
  kind: OverviewKind,
  held: Overview,
  state: ClusterState,
  namespaces: DefaultNamespaces,
): boolean {
  const { reading, objects } = held.objectsOf(kind);
  if (!isRead(reading)) return false;
  for (const raw of objects) put(raw, state, namespaces);
  return true;
}

function put(raw: Raw, state: ClusterState, namespaces: DefaultNamespaces): void {
  const ref = refOf(raw, namespaces);
  if (ref !== null) state.put(ref, raw);
}

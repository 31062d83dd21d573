/** The speakers of a cluster by layer 2, as they run. */
import { type ResolvedPools, resolvePools } from '../../../src/announce/config/pools.ts';
import type { SimulatedObjectStore } from '../../../src/announce/simulator/object-store.ts';
import { readSpeakerCluster } from '../../../src/delivery/speaker-cluster.ts';
import { nodeShare } from '../../../src/layer2/election/node-share.ts';
import { publishedLosses } from '../../../src/layer2/membership/remote-losses.ts';
import { speakerPresence } from '../../../src/layer2/membership/speaker-presence.ts';
import { WatchGraphs } from '../../../src/layer2/membership/watch-graph.ts';
import { Layer2Model } from '../../../src/layer2/model/layer2-model.ts';
import {
  toLayer2Slice,
  toPublishedSpeaker,
  type WatchedLayer2Slice,
} from '../../../src/layer2/objects/watched-objects.ts';
import { formatAddress } from '../../../src/net/address.ts';
import type { ServiceKey } from '../../../src/objects/service.ts';
import { NAMESPACE as namespace } from './speaker-clusters.ts';

/** A speaker's own model of layer 2, fed from the same objects, and the records that all speakers write. */
export class RunningLayer2 {
  readonly #model = new Layer2Model({
    namespace,
    keepsOwner: true,
    flags: { lbClass: null, ignoreExcludeLabel: false },
  });
  #records = new Map<ServiceKey, string>();
  #slices: readonly WatchedLayer2Slice[] = [];
  #pools: ResolvedPools | null = null;

  /** The same after all speakers restarted: what they have written is there still. */
  restarted(): RunningLayer2 {
    const after = new RunningLayer2();
    after.#records = this.#records;
    return after;
  }

  /** The owner of each address of each Service, when the records have been written. */
  settle(store: SimulatedObjectStore): readonly string[] {
    const raws = store.stored();
    const { config, nodes } = store.objects();
    for (const slice of this.#slices) this.#model.removeSlice(slice);
    this.#slices = raws.flatMap((raw) => (raw['kind'] === 'EndpointSlice' ? (toLayer2Slice(raw) ?? []) : []));
    for (const slice of this.#slices) this.#model.putSlice(slice);
    const pools = resolvePools(config.pools, this.#pools);
    this.#pools = pools;
    const cluster = readSpeakerCluster(raws, { namespace, lbClass: null, completeKinds: new Set() });
    const speakers = raws.flatMap((raw) =>
      raw['kind'] === 'SpeakerStatus' ? (toPublishedSpeaker(raw) ?? []) : [],
    );
    const recompute = () =>
      this.#model.recompute({
        services: cluster.layer2Services,
        advertisements: config.layer2,
        pools,
        nodes,
        presence: speakerPresence({
          ...{ own: { node: '', interfaces: [] }, speakers, pods: [], losses: publishedLosses(speakers) },
          ...{ graphs: new WatchGraphs(), now: 0 },
        }),
        recorded: this.#records,
        handOver: new Map(),
        records: () => [],
      });
    let state = recompute();
    for (let round = 0; round < 3; round++) {
      const owned = nodes.flatMap(({ name }) =>
        [...nodeShare(state, name).services.values()].map(({ service }) => [service.key, name] as const),
      );
      this.#records = new Map(owned);
      state = recompute();
    }
    const owners = state.elections.flatMap(({ group, owner, standings }) =>
      group.flatMap(({ service, addresses }, index) => {
        const standing = standings.find(({ node }) => node === owner?.node)?.standings[index];
        if (standing?.kind !== 'eligible') return [];
        return addresses
          .filter(({ family }) => standing.answering[family]?.length !== 0)
          .map((address) => `${service.key} ${formatAddress(address)} ${owner?.node}`);
      }),
    );
    return [...new Set(owners)].sort();
  }
}

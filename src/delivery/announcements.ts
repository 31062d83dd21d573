/**
 * What all speakers of a cluster announce: for each node the routes to each peer, and for each address the node that owns it by
 * layer 2. The same functions decide as in the speakers.
 */
import type { ObjectIssue } from '../announce/config/object-issue.ts';
import { type ResolvedPools, resolvePools } from '../announce/config/pools.ts';
import { IncrementalElections } from '../layer2/election/incremental-elections.ts';
import { type Layer2Config, resolveLayer2Config } from '../layer2/election/layer2-config.ts';
import { type Layer2State, ownStandings } from '../layer2/election/layer2-state.ts';
import { recordedOwners } from '../layer2/election/record-index.ts';
import { isPending } from '../layer2/election/record-plan.ts';
import type { ElectionNode } from '../layer2/election/standing.ts';
import { usableByService } from '../layer2/election/usable-endpoints.ts';
import { type AliveNodes, aliveAlways } from '../layer2/membership/alive.ts';
import type { ServiceKey } from '../objects/service.ts';
import { announceByBgp, type BgpAnnouncements, nodeConfigsOf } from './bgp/bgp-announcements.ts';
import type { SpeakerCluster } from './speaker-cluster.ts';

export type SpeakerAnnouncements = {
  /** Of every node whose speaker runs. */
  readonly bgp: BgpAnnouncements;
  readonly pools: ResolvedPools;
  readonly layer2Config: Layer2Config;
  readonly layer2: Layer2State;
  /** The owner of each Service once the speakers have written it. */
  readonly recorded: ReadonlyMap<ServiceKey, string>;
};

/** Speakers that were `restarted` have forgotten the last good version of objects that are invalid now. */
export type SpeakerHistory = 'running' | 'restarted';

/**
 * `before` is what the speakers announced until now: they keep the last good version of an invalid object, and owners stay.
 * Null in a cluster of which only the objects are known.
 */
export function computeAnnouncements(
  cluster: SpeakerCluster,
  before: SpeakerAnnouncements | null,
  history: SpeakerHistory = 'running',
): SpeakerAnnouncements {
  const kept = history === 'running' ? before : null;
  const { flags, objects } = cluster;
  const bgp = announceByBgp(cluster, kept?.bgp ?? null);
  const pools = resolvePools(objects.config.pools, kept?.pools ?? null);
  const layer2Config = resolveLayer2Config(objects.config.layer2, cluster, kept?.layer2Config ?? null);
  // Once the speakers have written their records, nobody is asked to hand over any more.
  const { recorded, handOver } =
    before === null ? recordedOwners(cluster.records) : { recorded: before.recorded, handOver: new Map() };
  const layer2 = new IncrementalElections(kept?.layer2.records).update(
    {
      ...{ services: cluster.layer2Services, config: layer2Config, pools, flags },
      endpoints: usableByService(objects.endpointSlices),
    },
    { ...electorate(cluster), recorded, handOver, keepsOwner: true },
  );
  return {
    bgp,
    pools,
    layer2Config,
    layer2,
    recorded: nextRecords(layer2, recorded, new Set(cluster.running)),
  };
}

/** Who may be elected. A node whose speaker does not run, or drains, is not alive. */
function electorate({ objects, running, presence }: SpeakerCluster): {
  readonly nodes: readonly ElectionNode[];
  readonly alive: AliveNodes;
  readonly returned: ReadonlySet<string>;
  readonly leaving: ReadonlySet<string>;
} {
  const known = new Map(objects.nodes.map((node) => [node.name, node]));
  if (presence === null) {
    const nodes = running.map((name) => ({ name, node: known.get(name) ?? null, interfaces: null }));
    return { nodes, alive: aliveAlways(running), returned: new Set(), leaving: new Set() };
  }
  const nodes = [...presence.interfaces].map(([name, interfaces]) => ({
    ...{ name, interfaces },
    node: known.get(name) ?? null,
  }));
  const staying = new Set(running);
  const alive: AliveNodes = {
    sets: presence.alive.sets.map((set) => new Set([...set].filter((name) => staying.has(name)))),
    among: (names, recorded) =>
      presence.alive.among(
        names.filter((name) => staying.has(name)),
        recorded,
      ),
  };
  return { nodes, alive, returned: presence.returned, leaving: presence.leaving };
}

/** As the speakers write them: who answers for a Service, if only for one of its addresses; else what they leave alone. */
function nextRecords(
  state: Layer2State,
  recorded: ReadonlyMap<ServiceKey, string>,
  alive: ReadonlySet<string>,
): ReadonlyMap<ServiceKey, string> {
  const next = new Map<ServiceKey, string>();
  for (const election of state.elections) {
    const { owner } = election;
    if (owner === null) continue;
    for (const { one } of ownStandings(election, owner.node)) next.set(one.service.key, owner.node);
  }
  for (const [key, node] of recorded)
    if (!next.has(key) && isPending(state, key, alive.has(node) ? node : null)) next.set(key, node);
  return next;
}

/** What the speakers reject of the configuration, each once. Overlaps of pools are none: both pools are in force. */
export function configurationErrors({ bgp, pools }: SpeakerAnnouncements): readonly ObjectIssue[] {
  const found = new Map<string, ObjectIssue>();
  const configs = nodeConfigsOf(bgp);
  const lists = configs.length === 0 ? [pools.issues] : configs.map(({ errors }) => errors);
  for (const one of lists.flat()) {
    const { kind, name, issue } = one;
    const isOverlap = kind === 'IPAddressPool' && issue.path === '';
    if (!isOverlap) found.set(`${kind} ${name} ${issue.path} ${issue.message}`, one);
  }
  return [...found.values()];
}

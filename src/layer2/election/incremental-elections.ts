/**
 * The same as `computeLayer2State`, at the cost of what has changed. A Service that changes costs its own decision, and the
 * election of the Services that share its addresses. A node that changes, comes or goes costs all elections, and no decision.
 * Inputs count as the same when they are the same objects.
 */
import type { AnnouncementRecord } from '../../announce/decision/service-addresses.ts';
import { sameItems } from '../../base/list.ts';
import type { Result } from '../../base/result.ts';
import type { ServiceKey } from '../../objects/service.ts';
import { type AliveNodes, rememberAlive, sameAlive } from '../membership/alive.ts';
import type { AddressGroup } from './address-groups.ts';
import {
  type ElectionContext,
  electGroup,
  type GroupElection,
  type GroupReach,
  groupReach,
} from './group-election.ts';
import { decideLayer2Service, type Layer2Service, type WantedService } from './layer2-service.ts';
import { type Layer2Cluster, type Layer2State, layer2StateOf } from './layer2-state.ts';
import type { Layer2ServiceRefusal } from './refusal.ts';
import { SharingGroups } from './sharing-groups.ts';
import type { GroupStanding } from './standing.ts';
import { StandingTable } from './standing-table.ts';
import { NO_USABLE_ENDPOINTS, type UsableEndpoints } from './usable-endpoints.ts';

type Decided = {
  readonly service: Layer2Service;
  readonly endpoints: UsableEndpoints;
  readonly decision: Result<WantedService, Layer2ServiceRefusal>;
};

type Elected = {
  readonly election: GroupElection;
  /** What the records said of each Service of the group. */
  readonly said: readonly (string | undefined)[];
};

type Context = Omit<ElectionContext, 'flags'>;

/** What was computed, since the start. */
export type ElectionWork = { decisions: number; elections: number };

export class IncrementalElections {
  readonly work: ElectionWork = { decisions: 0, elections: 0 };
  readonly #groups = new SharingGroups();
  #decided = new Map<ServiceKey, Decided>();
  #elected: ReadonlyMap<AddressGroup, Elected> = new Map();
  #cluster: Layer2Cluster | null = null;
  #context: Context | null = null;
  #table: StandingTable | null = null;
  #alive: AliveNodes | null = null;
  #reaches = new WeakMap<readonly GroupStanding[], GroupReach>();
  #state: Layer2State | null = null;

  /** `flags` and `keepsOwner` are the same in each call. */
  update(cluster: Layer2Cluster, context: Context): Layer2State {
    const isDecided = this.#decide(cluster);
    const isElected = this.#elect(cluster, context);
    this.#cluster = cluster;
    this.#context = context;
    if (this.#state === null || isDecided || isElected) this.#state = this.#snapshot();
    return this.#state;
  }

  /** Whether a decision changed. */
  #decide({ services, endpoints, config, pools, flags }: Layer2Cluster): boolean {
    const isSame = config === this.#cluster?.config && pools === this.#cluster.pools;
    const changes = new Map<ServiceKey, WantedService | null>();
    const decided = new Map<ServiceKey, Decided>();
    for (const service of services) {
      const before = this.#decided.get(service.key);
      const usable = endpoints.get(service.key) ?? NO_USABLE_ENDPOINTS;
      if (isSame && before?.service === service && before.endpoints === usable) {
        decided.set(service.key, before);
        continue;
      }
      this.work.decisions += 1;
      const previous: AnnouncementRecord | null =
        before?.decision.ok === true ? before.decision.value.record : null;
      const decision = decideLayer2Service(service, usable, { config, pools, flags, previous });
      decided.set(service.key, { service, endpoints: usable, decision });
      changes.set(service.key, decision.ok ? decision.value : null);
    }
    for (const key of this.#decided.keys()) if (!decided.has(key)) changes.set(key, null);
    this.#decided = decided;
    this.#groups.apply(changes);
    return changes.size > 0;
  }

  /** Whether an election was held, or a group is gone. */
  #elect({ config, flags }: Layer2Cluster, context: Context): boolean {
    const { nodes, alive, returned } = context;
    const hasSameNodes =
      this.#table !== null &&
      config === this.#cluster?.config &&
      this.#context !== null &&
      sameItems(nodes, this.#context.nodes);
    if (!hasSameNodes) {
      this.#table = new StandingTable(nodes, flags);
      this.#reaches = new WeakMap();
    }
    const hasSameAlive = this.#context !== null && sameAlive(alive, this.#context.alive);
    if (!hasSameAlive) this.#alive = rememberAlive(alive);
    const isSame =
      hasSameNodes &&
      hasSameAlive &&
      sameItems([...returned].sort(), [...(this.#context?.returned ?? [])].sort());
    const elected = new Map<AddressGroup, Elected>();
    let isChanged = this.#groups.all.length !== this.#elected.size;
    for (const group of this.#groups.all) {
      const said = saidOf(group, context);
      const before = isSame ? this.#elected.get(group) : undefined;
      if (before !== undefined && sameItems(before.said, said)) {
        elected.set(group, before);
        continue;
      }
      isChanged = true;
      elected.set(group, {
        said,
        election: this.#electOne(group, { ...context, alive: this.#alive ?? alive }),
      });
    }
    this.#elected = elected;
    return isChanged;
  }

  #electOne(group: AddressGroup, context: Context): GroupElection {
    this.work.elections += 1;
    const standings = this.#table?.standingsOf(group) ?? [];
    const reach = this.#reaches.get(standings) ?? groupReach(group, standings);
    // Services with one list of standings have addresses of the same families.
    this.#reaches.set(standings, reach);
    return electGroup({ group, standings, reach }, context);
  }

  #snapshot(): Layer2State {
    const refusals = new Map<ServiceKey, Layer2ServiceRefusal>();
    const records = new Map<ServiceKey, AnnouncementRecord>();
    for (const [key, { decision }] of this.#decided) {
      if (decision.ok) records.set(key, decision.value.record);
      else refusals.set(key, decision.error);
    }
    const elections = this.#groups.all.flatMap((group) => this.#elected.get(group)?.election ?? []);
    return layer2StateOf({ elections, refusals, records });
  }
}

const saidOf = (
  group: AddressGroup,
  { recorded, handOver }: Pick<Context, 'recorded' | 'handOver'>,
): Elected['said'] => group.flatMap(({ service: { key } }) => [recorded.get(key), handOver.get(key)]);

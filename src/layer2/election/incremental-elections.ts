/**
 * The same as `computeLayer2State`, at the cost of what has changed. A Service that changes costs its own decision, and the
 * election of the Services that share its addresses. A node that changes, comes or goes costs all elections, and no decision.
 * Inputs count as the same when they are the same objects. Who says which Services changed saves the look at all others.
 */
import type { AnnouncementRecord } from '../../announce/decision/service-addresses.ts';
import { sameItems, sameMembers } from '../../base/list.ts';
import type { Result } from '../../base/result.ts';
import type { ServiceKey } from '../../objects/service.ts';
import { type AliveNodes, rememberAlive, sameAlive } from '../membership/alive.ts';
import type { AddressGroup } from './address-groups.ts';
import { electChain } from './chain-election.ts';
import { type ElectionContext, type GroupElection, type GroupReach, groupReach } from './group-election.ts';
import { decideLayer2Service, type Layer2Service, type WantedService } from './layer2-service.ts';
import { type Layer2Cluster, type Layer2State, onlyRecorded } from './layer2-state.ts';
import { OldestFirst } from './oldest-first.ts';
import type { Layer2ServiceRefusal } from './refusal.ts';
import { SharingGroups } from './sharing-groups.ts';
import type { GroupStanding } from './standing.ts';
import { StandingTable } from './standing-table.ts';
import { NO_USABLE_ENDPOINTS, type UsableEndpoints } from './usable-endpoints.ts';

type Decided = {
  readonly service: Layer2Service;
  readonly endpoints: UsableEndpoints;
  /** The last call of `update` that had the Service. */
  round: number;
};

type Elected = {
  /** Of each part of the group. */
  readonly elections: readonly GroupElection[];
  /** What the records said of each Service of the group. */
  readonly said: readonly (string | undefined)[];
};

type Context = Omit<ElectionContext, 'flags'>;

/** Null for a Service that nobody should answer for. */
type Decisions = Map<ServiceKey, WantedService | null>;

type ChangedGroups = { readonly added: readonly AddressGroup[]; readonly touched: TouchedServices };

type Said = Pick<Context, 'recorded' | 'handOver'>;

/** Where something may differ since the last update, apart from what all Services have in common. */
export type TouchedServices = {
  /** Services that came or changed; null for those that are gone. */
  readonly services: ReadonlyMap<ServiceKey, Layer2Service | null>;
  /** Services whose endpoints or records may differ. */
  readonly keys: ReadonlySet<ServiceKey>;
};

/** What was computed, since the start. */
export type ElectionWork = {
  decisions: number;
  elections: number;
  /** Services and groups that were looked at, whether or not they had changed. */
  visits: number;
};

export class IncrementalElections {
  readonly work: ElectionWork = { decisions: 0, elections: 0, visits: 0 };
  readonly #groups = new SharingGroups();
  readonly #decided = new Map<ServiceKey, Decided>();
  readonly #elected = new Map<AddressGroup, Elected>();
  /** The parts of the state that a change leaves alone for the most part. */
  readonly #byService = new Map<ServiceKey, GroupElection>();
  readonly #refusals = new Map<ServiceKey, Layer2ServiceRefusal>();
  readonly #records: Map<ServiceKey, AnnouncementRecord>;
  readonly #sorted = new OldestFirst<GroupElection>(({ group }) => group);
  #round = 0;
  #cluster: Layer2Cluster | null = null;
  #context: Context | null = null;
  #table: StandingTable | null = null;
  #alive: AliveNodes | null = null;
  #reaches = new WeakMap<readonly GroupStanding[], GroupReach>();
  #state: Layer2State | null = null;

  /** `records` are those of an earlier state: when each Service was last wanted. */
  constructor(records: ReadonlyMap<ServiceKey, AnnouncementRecord> = new Map()) {
    this.#records = new Map(records);
  }

  /**
   * `flags` and `keepsOwner` are the same in each call. The maps of the result are those of the next one, too: they change with
   * it. Copies of thousands of entries, for each change, cost more than the election. Without `touched`, all may differ.
   */
  update(cluster: Layer2Cluster, context: Context, touched: TouchedServices | null = null): Layer2State {
    const changes = this.#decide(cluster, touched);
    const added = this.#applyDecisions(changes);
    const isElected = this.#elect(cluster, context, touched === null ? null : { added, touched });
    this.#cluster = cluster;
    this.#context = context;
    if (this.#state === null || changes.size > 0 || isElected)
      this.#state = {
        ...{ elections: [...this.#sorted.all], byService: this.#byService },
        ...{ refusals: this.#refusals, records: this.#records },
      };
    return cluster.config.isUnknown ? onlyRecorded(this.#state) : this.#state;
  }

  /** Returns what was decided anew; null for a Service that nobody should answer for. */
  #decide(cluster: Layer2Cluster, touched: TouchedServices | null): Decisions {
    const isSame = cluster.config === this.#cluster?.config && cluster.pools === this.#cluster.pools;
    const changes: Decisions = new Map();
    if (isSame && touched !== null) this.#decideTouched(cluster, touched, changes);
    else this.#decideAll(cluster, isSame, changes);
    return changes;
  }

  #decideTouched(cluster: Layer2Cluster, { services, keys }: TouchedServices, changes: Decisions): void {
    for (const key of new Set([...services.keys(), ...keys])) {
      const service = services.has(key) ? services.get(key) : this.#decided.get(key)?.service;
      if (service === undefined) continue; // an endpoint or a record of no Service
      if (service !== null) this.#decideOne(service, cluster, true, changes);
      else if (this.#decided.has(key)) {
        this.#forget(key);
        changes.set(key, null);
      }
    }
  }

  #decideAll(cluster: Layer2Cluster, isSame: boolean, changes: Decisions): void {
    this.#round += 1;
    let count = 0;
    for (const service of cluster.services) {
      count += 1;
      this.#decideOne(service, cluster, isSame, changes);
    }
    if (this.#round === 1)
      for (const key of this.#records.keys()) if (!this.#decided.has(key)) this.#records.delete(key);
    if (count < this.#decided.size) for (const key of this.#forgetOthers()) changes.set(key, null);
  }

  #decideOne(
    service: Layer2Service,
    { endpoints, config, pools, flags }: Layer2Cluster,
    isSame: boolean,
    changes: Decisions,
  ): void {
    this.work.visits += 1;
    const { key } = service;
    const before = this.#decided.get(key);
    const usable = endpoints.get(key) ?? NO_USABLE_ENDPOINTS;
    if (isSame && before?.service === service && before.endpoints === usable) {
      before.round = this.#round;
      return;
    }
    this.work.decisions += 1;
    const previous = this.#records.get(key) ?? null;
    const decision = decideLayer2Service(service, usable, { config, pools, flags, previous });
    this.#decided.set(key, { service, endpoints: usable, round: this.#round });
    changes.set(key, this.#note(key, decision));
  }

  /** Returns the groups that are new. */
  #applyDecisions(changes: Decisions): readonly AddressGroup[] {
    const { gone, added } = this.#groups.apply(changes);
    for (const group of gone) {
      for (const election of this.#elected.get(group)?.elections ?? []) this.#sorted.remove(election);
      this.#elected.delete(group);
      for (const { service } of group) this.#byService.delete(service.key);
    }
    return added;
  }

  #note(key: ServiceKey, decision: Result<WantedService, Layer2ServiceRefusal>): WantedService | null {
    this.#records.delete(key);
    this.#refusals.delete(key);
    if (decision.ok) this.#records.set(key, decision.value.record);
    else this.#refusals.set(key, decision.error);
    return decision.ok ? decision.value : null;
  }

  /** Removes what was decided about Services that are gone, and returns their keys. */
  #forgetOthers(): readonly ServiceKey[] {
    const gone = [...this.#decided].flatMap(([key, { round }]) => (round === this.#round ? [] : [key]));
    for (const key of gone) this.#forget(key);
    return gone;
  }

  #forget(key: ServiceKey): void {
    for (const map of [this.#decided, this.#records, this.#refusals]) map.delete(key);
  }

  /** Whether an election was held. Where it is known what changed, only that is looked at. */
  #elect({ config, flags }: Layer2Cluster, context: Context, changed: ChangedGroups | null): boolean {
    const { nodes, alive, returned, leaving } = context;
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
      sameMembers(returned, this.#context?.returned ?? NOBODY) &&
      sameMembers(leaving, this.#context?.leaving ?? NOBODY);
    let isChanged = false;
    const only = isSame && changed !== null ? this.#groupsOf(changed) : null;
    for (const group of only ?? this.#groups.all) {
      this.work.visits += 1;
      const before = this.#elected.get(group);
      if (isSame && before !== undefined && saysTheSame(group, before.said, context)) continue;
      isChanged = true;
      const elections = this.#electOne(group, { ...context, alive: this.#alive ?? alive });
      this.#elected.set(group, { said: saidOf(group, context), elections });
      if (only !== null) this.#replace(before?.elections ?? [], elections);
      for (const election of elections)
        for (const { service } of election.group) this.#byService.set(service.key, election);
    }
    if (only === null && isChanged)
      this.#sorted.replaceAll(this.#groups.all.flatMap((group) => this.#elected.get(group)?.elections ?? []));
    return isChanged;
  }

  #replace(before: readonly GroupElection[], after: readonly GroupElection[]): void {
    for (const election of before) this.#sorted.remove(election);
    for (const election of after) this.#sorted.put(election);
  }

  #groupsOf({ added, touched: { keys } }: ChangedGroups): ReadonlySet<AddressGroup> {
    const groups = new Set(added);
    for (const key of keys) {
      const group = this.#groups.of(key);
      if (group !== undefined) groups.add(group);
    }
    return groups;
  }

  #electOne(group: AddressGroup, context: Context): readonly GroupElection[] {
    this.work.elections += 1;
    const standings = this.#table?.standingsOf(group) ?? [];
    const reach = this.#reaches.get(standings) ?? groupReach(group, standings);
    // Services with one list of standings have addresses of the same families.
    this.#reaches.set(standings, reach);
    return electChain({ chain: group, standings, reach }, context);
  }
}

const NOBODY: ReadonlySet<string> = new Set();

const saidOf = (group: AddressGroup, { recorded, handOver }: Said): Elected['said'] =>
  group.flatMap(({ service: { key } }) => [recorded.get(key), handOver.get(key)]);

/** As `saidOf` would find, without a list for each group. */
const saysTheSame = (group: AddressGroup, said: Elected['said'], { recorded, handOver }: Said): boolean =>
  group.every(
    ({ service: { key } }, index) =>
      said[2 * index] === recorded.get(key) && said[2 * index + 1] === handOver.get(key),
  );

/**
 * A cluster that runs: the controller's allocator writes addresses, a model of each node's speaker announces them by BGP, and one
 * of all speakers answers by layer 2. Each remembers what the program remembers.
 */

import { applyEdit, simulateCurrent } from '../../../src/allocation/dry-run/plan.ts';
import type { AllocationSimulator } from '../../../src/allocation/dry-run/simulator.ts';
import type { Peer } from '../../../src/announce/config/peers.ts';
import { findDrainReason } from '../../../src/announce/decision/drain-trigger.ts';
import { NodeModel } from '../../../src/announce/model/node-model.ts';
import { carriesPrefix, type DesiredRoute, isTargetPeer } from '../../../src/announce/routes/routes.ts';
import { SimulatedObjectStore } from '../../../src/announce/simulator/object-store.ts';
import type { Raw } from '../../../src/base/json.ts';
import { toPoolObject } from '../../../src/config/pool/pool-set.ts';
import { speakerArguments } from '../../../src/delivery/speaker-arguments.ts';
import { formatAddress } from '../../../src/net/address.ts';
import { applyDifference, EMPTY_CLUSTER } from '../../announce/support/apply-difference.ts';
import { DEFAULT_SPEAKER } from '../../announce/support/cluster.ts';
import { RunningLayer2 } from '../../delivery/support/running-layer2.ts';

const { namespace, flags } = DEFAULT_SPEAKER;
const OPTIONS = {
  poolNamespace: namespace,
  lbClass: null,
  foreignAddresses: 'keep',
  unmetRequests: 'keep',
  ipMode: null,
  poolGrace: 60_000,
} as const;
const WALL = Date.UTC(2026, 0, 1);

/** What a cluster announces, and for which addresses. */
export type Observed = {
  /** `namespace/name address`; sorted. */
  readonly addresses: readonly string[];
  /** By `peer router prefix`, the route of each node. */
  readonly routes: ReadonlyMap<string, ReadonlyMap<string, DesiredRoute>>;
  /** Those of `addresses` that a route or an owner leads to. */
  readonly reached: ReadonlySet<string>;
  /** By address, the node that answers. */
  readonly owners: ReadonlyMap<string, string>;
};

/** LOCAL_PREF goes to peers of the own AS alone, and prepended AS numbers to others. */
const asSent = (route: DesiredRoute, { peerASN, myASN }: Peer): DesiredRoute =>
  peerASN === myASN ? { ...route, prependCount: 0 } : { ...route, localPref: 0 };

/** `namespace/name address` of what a node advertises to one of its peers. */
function reachedFrom(model: NodeModel): readonly string[] {
  return [...model.serviceKeys].flatMap((key) => {
    const decision = model.statusOf(key)?.decision;
    if (decision?.kind !== 'announced') return [];
    return decision.contributions
      .filter(({ advertisement, prefix }) =>
        model.sessions.some(({ peer }) => isTargetPeer(peer, advertisement) && carriesPrefix(peer, prefix)),
      )
      .map(({ address }) => `${key} ${formatAddress(address)}`);
  });
}

export class RunningCluster {
  readonly #store = new SimulatedObjectStore(namespace);
  readonly #nodes: readonly string[];
  readonly #controller: AllocationSimulator;
  #models: ReadonlyMap<string, NodeModel> = new Map();
  #layer2 = new RunningLayer2();
  #announced = EMPTY_CLUSTER;

  /** `nodes` have a speaker each. */
  constructor(objects: readonly Raw[], nodes: readonly string[]) {
    for (const raw of objects) this.#store.create(raw);
    this.#nodes = nodes;
    this.#controller = simulateCurrent(this.#snapshot(), OPTIONS, WALL);
    this.#writeStatus();
    this.restartSpeakers();
  }

  stored(): readonly Raw[] {
    return this.#store.stored();
  }

  /** As `kubectl apply` and `kubectl delete KIND/NAME`, and then all that follows, until the last grace period is over. */
  edit(applied: readonly Raw[], deleted: readonly string[]): void {
    this.#store.advanceClock();
    for (const raw of applied) {
      const { name, namespace: of } = raw['metadata'] as {
        readonly name: string;
        readonly namespace?: string;
      };
      this.#store.create(raw);
      this.#store.patch(`${raw['kind']} ${of === undefined ? '' : `${of}/`}${name}`, raw);
    }
    for (const reference of deleted) this.#store.delete(reference);
    const controller = this.#controller;
    controller.runUntilIdle(applyEdit(controller, this.#snapshot()));
    this.#writeStatus();
    this.#announce();
    const end = controller.allocator.nextGraceExpiry();
    if (end === null) return;
    controller.now = end;
    controller.runUntilIdle(controller.allocator.expireGracePeriods(end));
    this.#writeStatus();
    this.#announce();
  }

  restartSpeakers(): void {
    const speakers = this.#nodes.map((node) => [node, new NodeModel({ namespace, node, flags })] as const);
    this.#models = new Map(speakers);
    this.#layer2 = this.#layer2.restarted();
    this.#announced = EMPTY_CLUSTER;
    this.#announce();
  }

  observe(): Observed {
    const routes = new Map<string, Map<string, DesiredRoute>>();
    for (const [node, model] of this.#announcing())
      for (const { peer, routes: table } of model.sessions)
        for (const [prefix, route] of table) {
          const id = `${peer.name} ${formatAddress(peer.address)} ${prefix}`;
          const known = routes.get(id) ?? new Map<string, DesiredRoute>();
          routes.set(id, known.set(node, asSent(route, peer)));
        }
    const owners = this.#layer2.settle(this.#store).map((text) => text.split(' '));
    return {
      addresses: this.#store
        .services()
        .flatMap(({ key, ingress }) => ingress.map(({ ip }) => `${key} ${ip}`))
        .sort(),
      routes,
      reached: new Set([
        ...owners.map(([service, address]) => `${service} ${address}`),
        ...this.#announcing().flatMap(([, model]) => reachedFrom(model)),
      ]),
      owners: new Map(owners.map(([, address = '', node = '']) => [address, node])),
    };
  }

  /** `peer router node` of each session. */
  sessions(): ReadonlySet<string> {
    return new Set(
      this.#announcing().flatMap(([node, model]) =>
        model.sessions.map(({ peer }) => `${peer.name} ${formatAddress(peer.address)} ${node}`),
      ),
    );
  }

  /** Those of nodes that do not drain. The others know what they announced, and announce nothing. */
  #announcing(): readonly (readonly [string, NodeModel])[] {
    const onCordon = speakerArguments(this.#store.stored()).drainsOnCordon === true;
    const draining = new Set(
      this.#store
        .objects()
        .nodes.filter((node) => findDrainReason(node, { onCordon }) !== null)
        .map(({ name }) => name),
    );
    return [...this.#models].filter(([node]) => !draining.has(node));
  }

  /** What each speaker publishes of itself: one that has drained has left. */
  #publish(): void {
    const staying = new Set(this.#announcing().map(([node]) => node));
    for (const node of this.#nodes)
      this.#store.patch(`SpeakerStatus ${node}`, {
        status: { phase: staying.has(node) ? 'speaking' : 'left' },
      });
  }

  #announce(): void {
    this.#publish();
    const now = this.#store.objects();
    for (const [node, model] of this.#models) {
      applyDifference(model, this.#announced, now, node);
      model.recompute();
    }
    this.#announced = now;
    this.#layer2.settle(this.#store);
  }

  #snapshot() {
    const store = this.#store;
    const namespaces = store.stored().filter(({ kind }) => kind === 'Namespace');
    return {
      services: store.services().filter(({ type }) => type === 'LoadBalancer'),
      pools: store.objects().config.pools.map(toPoolObject),
      namespaces: new Map(namespaces.map((raw) => [String((raw['metadata'] as Raw)['name']), {}])),
      layer2OnlyPools: new Set<string>(),
      externalClaims: null,
    };
  }

  #writeStatus(): void {
    for (const { key, ingress, annotations, conditions } of this.#controller.services.values())
      this.#store.patch(`Service ${key}`, {
        metadata: { annotations },
        status: { loadBalancer: { ingress: ingress.map(({ ip }) => ({ ip })) }, conditions },
      });
  }
}

/** Simulates a cluster with its speakers and routers, action by action. */

import { fieldsOf, type Raw, textOf } from '../../base/json.ts';
import { compareText } from '../../base/text.ts';
import type { LegacyConfigSettings } from '../../config/legacy/config-map.ts';
import type { Address } from '../../net/address.ts';
import type { SpeakerFlags } from '../decision/should-announce.ts';
import { computeSpeakerState, type SpeakerModelState } from '../model/full-model.ts';
import { SimulatedObjectStore } from './object-store.ts';
import { type ClusterObservation, nestPairs, observeConfig, observeSessions } from './observation.ts';
import { reconfigureRouter, type SimulatedRouter, simulatedAddresses } from './router.ts';

/** MetalLB's default namespace. */
export const METALLB_NAMESPACE = 'metallb-system';

/** A process that stopped has no sessions; what it wrote into the cluster stays. */
type SpeakerProcess = { readonly isRunning: boolean; readonly state: SpeakerModelState | null };

export class ClusterSimulator {
  readonly #store: SimulatedObjectStore;
  readonly #flags: SpeakerFlags;
  /** Null: each peer finds the router that it expects. */
  readonly #routers: Map<string, SimulatedRouter> | null;
  readonly #processes = new Map<string, SpeakerProcess>();
  readonly #assigned = new Map<string, Set<string>>();

  /** `speakers` are the nodes that have a speaker; null for every node. */
  constructor(
    objects: readonly Raw[],
    options: {
      readonly flags: SpeakerFlags;
      readonly routers: ReadonlyMap<string, SimulatedRouter> | null;
      readonly speakers: readonly string[] | null;
      readonly legacyConfig?: LegacyConfigSettings | null;
    },
  ) {
    this.#store = new SimulatedObjectStore(METALLB_NAMESPACE, options.legacyConfig ?? null);
    this.#flags = options.flags;
    this.#routers = options.routers === null ? null : new Map(options.routers);
    for (const raw of objects) this.#store.create(raw);
    for (const node of options.speakers ?? this.#store.nodeNames())
      this.#processes.set(node, { isRunning: true, state: null });
    this.#reconcile();
  }

  /** Applies one action and reconciles all speakers. */
  apply(action: Raw): void {
    this.#store.advanceClock();
    const [kill, start] = [textOf(action['kill']) || textOf(action['stop']), textOf(action['start'])];
    const [down, up] = [textOf(action['routerDown']), textOf(action['routerUp'])];
    const [patch, deleted] = [textOf(action['patch']), textOf(action['delete'])];
    if (action['create'] !== undefined) this.#store.create(fieldsOf(action['create']));
    if (patch !== '') this.#store.patch(patch, action['with']);
    if (deleted !== '') this.#store.delete(deleted);
    if (kill !== '') this.#stop(kill);
    if (start !== '') this.#processes.set(start, { isRunning: true, state: null });
    if (down !== '') this.#changeRouter(down, (router) => ({ ...router, isUp: false }));
    if (up !== '')
      this.#changeRouter(up, (router) => ({
        ...reconfigureRouter(router, fieldsOf(action['as'])),
        isUp: true,
      }));
    this.#reconcile();
  }

  observe(): ClusterObservation {
    const processes = [...this.#processes].sort(([a], [b]) => compareText(a, b));
    const all = processes.flatMap(([node, { isRunning, state }]) =>
      state === null ? [] : [{ node, isRunning, state }],
    );
    const routers = this.#routers === null ? null : [...this.#routers.values()];
    const { nodes } = this.#store.objects();
    const addressesOf = (name: string): readonly Address[] =>
      simulatedAddresses(nodes.find((one) => one.name === name) ?? { name, addresses: { 4: null, 6: null } });
    const sessions = all.flatMap(({ node, isRunning, state }) => {
      const observed = Object.entries(isRunning ? observeSessions(addressesOf(node), state, routers) : {});
      return observed.map(([router, session]) => [node, router, session] as const);
    });
    const targetPeers = all.flatMap(({ node, state }) =>
      [...state.targetPeers].map(([service, peers]) => [service, node, [...peers].sort()] as const),
    );
    return {
      nodes: nestPairs(sessions),
      config: Object.fromEntries(all.map(({ node, state }) => [node, observeConfig(state)])),
      status: nestPairs(targetPeers),
      assigned: Object.fromEntries(
        [...this.#assigned].map(([service, nodes]) => [service, [...nodes].sort()] as const).sort(),
      ),
    };
  }

  #reconcile(): void {
    const objects = this.#store.objects();
    for (const [node, { isRunning, state }] of this.#processes) {
      if (!isRunning) continue;
      const next = computeSpeakerState(
        { node, namespace: METALLB_NAMESPACE, flags: this.#flags },
        objects,
        state,
      );
      this.#processes.set(node, { isRunning, state: next });
      for (const service of next.targetPeers.keys()) {
        const nodes = this.#assigned.get(service) ?? new Set<string>();
        this.#assigned.set(service, nodes.add(node));
      }
    }
  }

  #stop(node: string): void {
    const process = this.#processes.get(node);
    if (process !== undefined) this.#processes.set(node, { ...process, isRunning: false });
  }

  #changeRouter(name: string, change: (router: SimulatedRouter) => SimulatedRouter): void {
    const router = this.#routers?.get(name);
    if (router !== undefined) this.#routers?.set(name, change(router));
  }
}

/** Small clusters for tests of layer 2. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolvePools } from '../../../src/announce/config/pools.ts';
import type { SpeakerFlags } from '../../../src/announce/decision/should-announce.ts';
import { SimulatedObjectStore } from '../../../src/announce/simulator/object-store.ts';
import type { Raw } from '../../../src/base/json.ts';
import { resolveLayer2Config } from '../../../src/layer2/election/layer2-config.ts';
import { toLayer2Service } from '../../../src/layer2/election/layer2-service.ts';
import { computeLayer2State, type Layer2State } from '../../../src/layer2/election/layer2-state.ts';
import { leaveToMetallb } from '../../../src/layer2/election/metallb-claims.ts';
import { usableByService } from '../../../src/layer2/election/usable-endpoints.ts';
import { type AliveNodes, aliveAlways } from '../../../src/layer2/membership/alive.ts';
import type { MetallbSpeaker } from '../../../src/layer2/membership/metallb-speaker.ts';
import type { AnsweringInterface } from '../../../src/layer2/membership/speaker-presence.ts';

export const NAMESPACE = 'metallb-system';

/** What MetalLB's speakers did, step by step. */
export function loadLayer2Cases(): readonly Raw[] {
  const folder = new URL('./cases/', import.meta.url);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')));
}

export const layer2Advertisement = (name: string, spec: Raw = {}): Raw => ({
  kind: 'L2Advertisement',
  metadata: { name, namespace: NAMESPACE },
  spec,
});

export const nic = (name: string, families = { 4: true, 6: true }): AnsweringInterface => ({
  name,
  families,
});

/** An interface on which the node has addresses itself. */
export const nicWith = (...addresses: readonly string[]) => ({ ...nic('eth0'), addresses });

export type Layer2Setup = {
  readonly flags?: Partial<SpeakerFlags>;
  /** Interfaces by node; a node that is left out has not published its own. */
  readonly interfaces?: Readonly<Record<string, readonly AnsweringInterface[]>>;
  /** By `namespace/name`. */
  readonly recorded?: Readonly<Record<string, string>>;
  /** The node that each Service is handed over to, by `namespace/name`. */
  readonly handOver?: Readonly<Record<string, string>>;
  /** Null: all Nodes. */
  readonly alive?: AliveNodes;
  readonly before?: Layer2State | null;
  readonly keepsOwner?: boolean;
  /** Nodes that came back a short time ago. */
  readonly returned?: readonly string[];
  /** Nodes whose speakers are about to stop. */
  readonly leaving?: readonly string[];
  /** Nodes on which a speaker of MetalLB is ready. */
  readonly metallb?: readonly string[];
};

/** The state of a cluster with these objects. */
export function layer2State(objects: readonly Raw[], setup: Layer2Setup = {}): Layer2State {
  const store = new SimulatedObjectStore(NAMESPACE);
  for (const raw of objects) store.create(raw);
  const { config, nodes, endpointSlices } = store.objects();
  const state = computeLayer2State(
    {
      services: store.services().map(toLayer2Service),
      endpoints: usableByService(endpointSlices),
      config: resolveLayer2Config(config.layer2, { namespace: NAMESPACE }, null),
      pools: resolvePools(config.pools, null),
      flags: { lbClass: null, ignoreExcludeLabel: false, ...setup.flags },
    },
    {
      nodes: nodes.map((node) => ({
        name: node.name,
        node,
        interfaces: setup.interfaces?.[node.name] ?? null,
      })),
      alive: setup.alive ?? aliveAlways(nodes.map(({ name }) => name)),
      recorded: new Map(Object.entries(setup.recorded ?? {})),
      handOver: new Map(Object.entries(setup.handOver ?? {})),
      keepsOwner: setup.keepsOwner ?? true,
      returned: new Set(setup.returned),
      leaving: new Set(setup.leaving),
    },
    setup.before ?? null,
  );
  return leaveToMetallb(state, {
    nodes: new Map(nodes.map((node) => [node.name, node])),
    ...{ lbClass: setup.flags?.lbClass ?? null, records: () => [] },
    speakers: (setup.metallb ?? []).map((node) => metallbSpeaker(node)),
  });
}

/** One that is ready. */
export const metallbSpeaker = (node: string, fields: Partial<MetallbSpeaker> = {}): MetallbSpeaker => ({
  ...{ node, pod: `metallb-${node}`, phase: 'ready', lbClass: null, ignoreExcludeLabel: false },
  ...fields,
});

/** The owner of each Service with one, by its key. */
export const ownersOf = ({ elections }: Layer2State): Readonly<Record<string, string>> =>
  Object.fromEntries(
    elections.flatMap(({ group, owner }) =>
      owner === null ? [] : group.map(({ service }) => [service.key, owner.node] as const),
    ),
  );

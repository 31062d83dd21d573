/** Builders of Services and pools, and a small cluster with a simulated controller. */

import type { AllocatorOptions } from '../../../src/allocation/allocator.ts';
import { ASSIGNED_CONDITION } from '../../../src/allocation/condition-reasons.ts';
import { AllocationSimulator } from '../../../src/allocation/dry-run/simulator.ts';
import type { ExternalClaims } from '../../../src/allocation/external-claims.ts';
import type { ReconcileResult } from '../../../src/allocation/reconcile-result.ts';
import type { Millis } from '../../../src/base/clock.ts';
import { buildPoolSet, type PoolSet, toPoolObject } from '../../../src/config/pool/pool-set.ts';
import { ALLOCATED_FROM_ANNOTATION } from '../../../src/objects/annotations.ts';
import type { Labels } from '../../../src/objects/selector.ts';
import type { Ingress, Service, ServiceKey } from '../../../src/objects/service.ts';

export const WALL = Date.UTC(2026, 0, 1);
export const GRACE: Millis = 60_000;

export const OPTIONS: AllocatorOptions = {
  poolNamespace: 'metallb-system',
  lbClass: null,
  foreignAddresses: 'keep',
  unmetRequests: 'keep',
  ipMode: null,
  poolGrace: GRACE,
};

export type ServiceOverrides = {
  readonly [field in keyof Service]?: Service[field];
} & {
  /** Short for annotations of the prefix `metallb.io/`. */
  readonly requests?: Readonly<Record<string, string>>;
  readonly families?: readonly (4 | 6)[];
  /** Short for `ingress`. */
  readonly ingressEntries?: readonly string[];
  /** Short for the annotation with the pool of the addresses. */
  readonly allocatedFrom?: string;
  /** TCP ports. */
  readonly tcpPorts?: readonly number[];
};

let createdCount = 0;

/** A stored Service: IPv4, port 80, no request. Each one is younger than the one before. */
export function service(name: string, overrides: ServiceOverrides = {}): Service {
  const {
    requests = {},
    families = [4],
    ingressEntries = [],
    allocatedFrom,
    tcpPorts = [80],
    ...rest
  } = overrides;
  createdCount++;
  const key = name.includes('/') ? name : `default/${name}`;
  return {
    key,
    uid: `uid-${key}`,
    resourceVersion: String(createdCount),
    createdAt: WALL + createdCount * 1000,
    deleting: false,
    labels: {},
    type: 'LoadBalancer',
    loadBalancerClass: null,
    clusterIPs: families.map((family) => (family === 4 ? '10.96.0.1' : 'fd96::1')),
    externalIPs: [],
    ipFamilies: families.map((family) => `IPv${family}`),
    ipFamilyPolicy: 'SingleStack',
    loadBalancerIP: '',
    externalTrafficPolicy: 'Cluster',
    selector: 'app=web',
    ports: tcpPorts.map((port) => ({ protocol: 'TCP', port })),
    ingress: ingress(...ingressEntries),
    conditions: [],
    statusWriter: null,
    ...rest,
    annotations: {
      ...Object.fromEntries(Object.entries(requests).map(([key, value]) => [`metallb.io/${key}`, value])),
      ...(allocatedFrom === undefined ? {} : { [ALLOCATED_FROM_ANNOTATION]: allocatedFrom }),
      ...rest.annotations,
    },
  };
}

/** Host names have a letter that no address has. */
export const ingress = (...entries: readonly string[]): readonly Ingress[] =>
  entries.map((text) =>
    /[g-z]/.test(text)
      ? { ip: null, hostname: text, ipMode: null }
      : { ip: text, hostname: null, ipMode: 'VIP' },
  );

export type PoolSpec = {
  readonly autoAssign?: boolean;
  readonly avoidBuggyIPs?: boolean;
  readonly serviceAllocation?: object;
  /** Seconds since the first of January: the smaller, the older. */
  readonly age?: number;
  readonly uid?: string;
};

/** The whole IPAddressPool object. */
export function pool(name: string, addresses: readonly string[], spec: PoolSpec = {}): object {
  const { age = 0, uid = `uid-${name}`, ...rest } = spec;
  return {
    apiVersion: 'metallb.io/v1beta1',
    kind: 'IPAddressPool',
    metadata: {
      name,
      uid,
      namespace: 'metallb-system',
      creationTimestamp: new Date(WALL + age * 1000).toISOString().replace('.000', ''),
      generation: 1,
    },
    spec: { addresses, ...rest },
  };
}

export const poolSetOf = (pools: readonly object[], before: PoolSet | null = null): PoolSet =>
  buildPoolSet(pools.map(toPoolObject), before);

export type ClusterSetup = {
  readonly services?: readonly Service[];
  readonly pools?: readonly object[];
  readonly namespaces?: Readonly<Record<string, Labels>>;
  readonly options?: Partial<AllocatorOptions>;
  readonly layer2Only?: readonly string[];
  readonly externalClaims?: ExternalClaims | null;
};

/** A cluster whose allocator has adopted and reconciled everything; `initialResults` has those reconciles. */
export class TestCluster {
  readonly simulator: AllocationSimulator;
  readonly initialResults: readonly ReconcileResult[];
  pools: readonly object[];
  namespaces: ReadonlyMap<string, Labels>;

  externalClaims: ExternalClaims | null;
  readonly options: AllocatorOptions;

  constructor(setup: ClusterSetup) {
    const { services = [], pools = [], namespaces = {}, options = {}, layer2Only = [] } = setup;
    this.options = { ...OPTIONS, ...options };
    this.simulator = new AllocationSimulator(this.options, services, WALL);
    this.pools = pools;
    this.namespaces = new Map(Object.entries(namespaces));
    this.externalClaims = setup.externalClaims ?? null;
    const { allocator } = this.simulator;
    allocator.updatePools(poolSetOf(pools), 0);
    allocator.updateNamespaces(this.namespaces, new Set());
    allocator.updateLayer2OnlyPools(new Set(layer2Only));
    allocator.updateExternalClaims(this.externalClaims);
    this.initialResults = this.simulator.runUntilIdle(allocator.initialize(0));
  }

  get allocator() {
    return this.simulator.allocator;
  }

  get(name: string): Service {
    const found = this.simulator.services.get(name.includes('/') ? name : `default/${name}`);
    if (found === undefined) throw new Error(`there is no Service ${name}`);
    return found;
  }

  /** Another client creates or changes a Service. */
  apply(...services: readonly Service[]): readonly ReconcileResult[] {
    for (const service of services) {
      const before = this.simulator.services.get(service.key);
      this.simulator.services.set(service.key, service);
      this.allocator.recordServiceChange(before, service);
    }
    return this.simulator.runUntilIdle(services.map(({ key }) => key));
  }

  edit(name: string, overrides: Partial<Service>): readonly ReconcileResult[] {
    return this.apply({ ...this.get(name), ...overrides });
  }

  annotate(name: string, annotations: Readonly<Record<string, string>>): readonly ReconcileResult[] {
    return this.edit(name, { annotations: { ...this.get(name).annotations, ...annotations } });
  }

  delete(name: string): readonly ReconcileResult[] {
    const { key } = this.get(name);
    this.simulator.services.delete(key);
    return this.simulator.runUntilIdle([key]);
  }

  setPools(...pools: readonly object[]): readonly ReconcileResult[] {
    this.pools = pools;
    return this.simulator.runUntilIdle(
      this.allocator.updatePools(poolSetOf(pools, this.allocator.poolSet), this.simulator.now),
    );
  }

  label(namespace: string, labels: Labels): readonly ReconcileResult[] {
    this.namespaces = new Map([...this.namespaces, [namespace, labels]]);
    return this.simulator.runUntilIdle(
      this.allocator.updateNamespaces(this.namespaces, new Set([namespace])),
    );
  }

  setExternalClaims(claims: ExternalClaims | null): readonly ReconcileResult[] {
    this.externalClaims = claims;
    return this.simulator.runUntilIdle(this.allocator.updateExternalClaims(claims));
  }

  pass(ms: Millis): readonly ReconcileResult[] {
    this.simulator.now += ms;
    return this.simulator.runUntilIdle(this.allocator.expireGracePeriods(this.simulator.now));
  }

  /** A new process with the same objects. */
  restart(options: Partial<AllocatorOptions> = {}): TestCluster {
    return new TestCluster({
      services: [...this.simulator.services.values()],
      pools: this.pools,
      namespaces: Object.fromEntries(this.namespaces),
      externalClaims: this.externalClaims,
      options: { ...this.options, ...options },
    });
  }

  reconcileAll(): readonly ReconcileResult[] {
    return this.simulator.runUntilIdle(this.simulator.services.keys());
  }

  /** The addresses of the Service, and the reason of its condition unless it is Assigned. */
  statusOf(name: string): string {
    const { ingress, conditions } = this.get(name);
    const reason = conditions.find(({ type }) => type === ASSIGNED_CONDITION)?.reason ?? 'nothing';
    const shown = ingress.map(({ ip, hostname }) => ip ?? hostname).join(' ');
    return reason === 'Assigned' ? shown : [reason, shown].filter(Boolean).join(' ');
  }

  conditionMessage(name: string): string {
    return this.get(name).conditions.find(({ type }) => type === ASSIGNED_CONDITION)?.message ?? '';
  }

  allocatedPool(name: string): string | undefined {
    return this.get(name).annotations[ALLOCATED_FROM_ANNOTATION];
  }
}

/** The results with a patch. */
export const withPatches = (results: readonly ReconcileResult[]): readonly ReconcileResult[] =>
  results.filter(({ patch }) => patch !== null);

export const eventsOf = (results: readonly ReconcileResult[], key?: ServiceKey): readonly string[] =>
  results
    .filter((result) => key === undefined || result.key === key)
    .flatMap(({ events }) => events.map(({ reason, message }) => `${reason}: ${message}`));

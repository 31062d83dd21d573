/**
 * Random histories of clusters whose owners edit requests: several fields in one write, Services together, while pools
 * change or are deleted, and while the controller is down. Pools are written as plain lists of addresses, so that an oracle
 * reads them without the code under test.
 */
import { ALLOCATED_FROM_ANNOTATION } from '../../../src/objects/annotations.ts';
import type { Service } from '../../../src/objects/service.ts';
import type { Random } from '../../support/random.ts';
import { GRACE, pool, type ServiceOverrides, service, TestCluster } from './test-cluster.ts';

export type PlainPool = {
  readonly name: string;
  /** The older pool assigns an address that two list. */
  readonly age: number;
  readonly addresses: readonly string[];
  readonly isInvalid: boolean;
  readonly avoidsBuggy: boolean;
  readonly autoAssign: boolean;
  /** The label `app` of the Services that it is for; null for all. */
  readonly app: string | null;
};

/** What an oracle may look at. */
export type Moment = {
  readonly services: ReadonlyMap<string, Service>;
  readonly pools: readonly PlainPool[];
  /** Of each pool the last valid version that the controller has seen. */
  readonly lastValid: ReadonlyMap<string, PlainPool>;
  readonly now: number;
};

/** A pool without an address is invalid. */
export const isValid = ({ isInvalid, addresses }: PlainPool): boolean => !isInvalid && addresses.length > 0;

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
const ADDRESSES = ['10.0.0.0', '10.0.0.1', '10.0.0.2', '10.0.0.3', 'fd00::1', 'fd00::2', 'fd00::3'] as const;
const POOLS = ['p', 'q', 'r'] as const;
const CLUSTER_IPS = { 4: '10.96.0.1', 6: 'fd96::1' } as const;
const PREFIXES = ['metallb.io/', 'metallb.universe.tf/'] as const;

type Edit = (one: Service) => Service;

export class RequestHistory {
  readonly random: Random;
  readonly journal: string[] = [];
  cluster: TestCluster;
  /** Services that the last step edited, as far as the controller can know. */
  edited: ReadonlySet<string> = new Set();
  /** When each pool was deleted, on the clock of the simulator. */
  readonly deletedAt = new Map<string, number>();
  #pools: readonly PlainPool[];
  #lastValid: ReadonlyMap<string, PlainPool>;

  constructor(random: Random) {
    this.random = random;
    this.#pools = POOLS.map((name, age) => this.#randomPool(name, age));
    this.#lastValid = validVersions(this.#pools, new Map());
    this.cluster = new TestCluster({ pools: this.#pools.map(toObject) });
  }

  moment(): Moment {
    const { services, now } = this.cluster.simulator;
    return { services: new Map(services), pools: this.#pools, lastValid: this.#lastValid, now };
  }

  step(): void {
    const { chance, below } = this.random;
    this.edited = new Set();
    this.cluster.simulator.now += 1000;
    const dice = below(100);
    if (dice < 70) this.cluster.apply(...this.#edits());
    else if (dice < 84) this.#changePools();
    else if (dice < 90) this.#pass(chance(0.5) ? GRACE : GRACE / 3);
    else this.#restart();
  }

  /** Edits of one Service, or of two at once. */
  #edits(): readonly Service[] {
    const count = this.random.chance(0.2) ? 2 : 1;
    const names = new Set(Array.from({ length: count }, () => `default/${this.random.pick(NAMES)}`));
    this.edited = names;
    return [...names].map((key) => {
      const old = this.cluster.simulator.services.get(key);
      const after = old === undefined ? service(key, this.#randomService()) : this.#edit(old);
      this.#record(old === undefined ? 'creates' : 'edits', describe(after));
      return after;
    });
  }

  #edit(old: Service): Service {
    const kinds = this.#editKinds();
    let after = old;
    for (let count = 1 + this.random.below(3); count > 0; count--) after = this.random.pick(kinds)(after);
    return asStored(after);
  }

  #editKinds(): readonly Edit[] {
    const { chance, pick } = this.random;
    const families = pick([[4], [6], [4, 6], [6, 4]] as const);
    const annotate =
      (name: string, value: string | null): Edit =>
      (one) => {
        const rest = Object.fromEntries(
          Object.entries(one.annotations).filter(
            ([key]) => !PREFIXES.some((prefix) => key === prefix + name),
          ),
        );
        return {
          ...one,
          annotations: value === null ? rest : { ...rest, [pick(PREFIXES) + name]: value },
        };
      };
    const addressText = (): string =>
      pick([
        ...ADDRESSES,
        '10.0.0.1,fd00::1',
        'fd00::2,10.0.0.2',
        '10.0.0.1,10.0.0.2',
        'rubbish',
        '224.0.0.9',
      ]);
    return [
      annotate('address-pool', pick([...POOLS, 'nowhere'])),
      annotate('address-pool', null),
      annotate('loadBalancerIPs', addressText()),
      annotate('loadBalancerIPs', null),
      annotate('allow-shared-ip', pick(['k', 'l'])),
      annotate('allow-shared-ip', null),
      (one) => ({ ...one, loadBalancerIP: chance(0.5) ? '' : pick(ADDRESSES) }),
      (one) => ({ ...one, ports: [{ protocol: pick(['TCP', 'UDP']), port: pick([80, 443]) }] }),
      (one) => ({ ...one, externalTrafficPolicy: pick(['Cluster', 'Local']) }),
      (one) => ({ ...one, selector: pick(['app=1', 'app=2']) }),
      (one) => ({ ...one, labels: chance(0.5) ? {} : { app: pick(['web', 'db']) } }),
      (one) => ({ ...one, ...familiesOf(families), ipFamilyPolicy: this.#policyFor(families) }),
      // The second family goes, as the API server permits; the first one stays.
      (one) => ({
        ...one,
        ...familiesOf(one.clusterIPs[0]?.includes(':') ? [6] : [4]),
        ipFamilyPolicy: 'SingleStack',
      }),
      // The type goes back and forth, and only with it the class.
      (one) => ({ ...one, type: pick(['ClusterIP', 'NodePort', 'LoadBalancer', 'LoadBalancer']) }),
      (one) =>
        one.type === 'LoadBalancer'
          ? one
          : { ...one, type: 'LoadBalancer', loadBalancerClass: pick([null, 'other']) },
      // `kubectl replace` with a file that lacks what Berth wrote.
      (one) => ({ ...one, annotations: {} }),
      (one) => ({ ...one, deleting: one.deleting || chance(0.2) }),
    ];
  }

  #policyFor(families: readonly number[]): string {
    if (families.length === 2) return this.random.pick(['PreferDualStack', 'RequireDualStack']);
    return this.random.pick(['SingleStack', 'SingleStack', 'PreferDualStack']);
  }

  #randomService(): ServiceOverrides {
    const { chance, pick } = this.random;
    const families = pick([[4], [4], [6], [4, 6], [6, 4]] as const);
    return {
      families,
      ipFamilyPolicy: this.#policyFor(families),
      ...(chance(0.4) ? { requests: { 'allow-shared-ip': 'k' } } : {}),
      tcpPorts: [pick([80, 443])],
      selector: 'app=1',
    };
  }

  #randomPool(name: string, age: number): PlainPool {
    const { chance, pick } = this.random;
    return {
      ...{ name, age, addresses: ADDRESSES.filter(() => chance(0.5)) },
      ...{ isInvalid: chance(0.1), avoidsBuggy: chance(0.1), autoAssign: chance(0.8) },
      app: chance(0.15) ? pick(['web', 'db']) : null,
    };
  }

  #nextPools(): readonly PlainPool[] {
    const { chance, pick, below } = this.random;
    const name = pick(POOLS);
    const old = this.#pools.find((one) => one.name === name);
    const others = this.#pools.filter((one) => one !== old);
    if (old !== undefined && chance(0.4)) return others;
    const changed = this.#randomPool(name, old?.age ?? 10 + below(10));
    const fields = pick([['addresses'], ['isInvalid'], ['app'], ['avoidsBuggy', 'autoAssign']] as const);
    const partly = Object.fromEntries(fields.map((field) => [field, changed[field]]));
    return [...others, old === undefined ? changed : { ...old, ...partly }];
  }

  #changePools(): void {
    this.#take(this.#nextPools());
    this.cluster.setPools(...this.#pools.map(toObject));
  }

  #take(pools: readonly PlainPool[]): void {
    for (const { name } of this.#pools)
      if (!pools.some((one) => one.name === name)) this.deletedAt.set(name, this.cluster.simulator.now);
    this.#pools = pools;
    this.#lastValid = validVersions(pools, this.#lastValid);
    this.#record('sets pools', pools);
  }

  #pass(ms: number): void {
    this.#record('lets time pass', ms);
    this.cluster.pass(ms);
  }

  /** The controller is down while Services, and perhaps pools, are edited. */
  #restart(): void {
    this.#record('restarts', null);
    const { simulator } = this.cluster;
    for (const one of this.#edits()) {
      // Without the annotation nobody knows the pool of an address that several pools list, or none.
      const from = simulator.services.get(one.key)?.annotations[ALLOCATED_FROM_ANNOTATION];
      const kept = from === undefined ? {} : { [ALLOCATED_FROM_ANNOTATION]: from };
      simulator.services.set(one.key, { ...one, annotations: { ...one.annotations, ...kept } });
    }
    if (this.random.chance(0.3)) {
      this.#take(this.#nextPools());
      this.cluster.pools = this.#pools.map(toObject);
    }
    // A process that starts does not know which of two Services in conflict was edited, nor an earlier version of a pool.
    this.edited = new Set(simulator.services.keys());
    this.#lastValid = validVersions(this.#pools, new Map());
    this.cluster = this.cluster.restart();
    // The clock of a process begins with it, and so does the grace period of a pool that is missing.
    for (const name of this.deletedAt.keys()) this.deletedAt.set(name, 0);
  }

  #record(verb: string, what: unknown): void {
    this.journal.push(`${verb} ${JSON.stringify(what)}`);
  }
}

const validVersions = (
  pools: readonly PlainPool[],
  before: ReadonlyMap<string, PlainPool>,
): ReadonlyMap<string, PlainPool> =>
  new Map(
    pools.flatMap((one) => {
      const version = isValid(one) ? one : before.get(one.name);
      return version === undefined ? [] : [[one.name, version] as const];
    }),
  );

const familiesOf = (families: readonly (4 | 6)[]): Pick<Service, 'clusterIPs' | 'ipFamilies'> => ({
  clusterIPs: families.map((family) => CLUSTER_IPS[family]),
  ipFamilies: families.map((family) => `IPv${family}`),
});

/** What the API server stores: another type has no class, and an empty status. */
const asStored = (one: Service): Service =>
  one.type === 'LoadBalancer' ? one : { ...one, loadBalancerClass: null, ingress: [] };

function toObject({ name, age, addresses, isInvalid, avoidsBuggy, autoAssign, app }: PlainPool): object {
  const ranges = addresses.map((text) => `${text}/${text.includes(':') ? 128 : 32}`);
  return pool(name, isInvalid || ranges.length === 0 ? [...ranges, 'rubbish'] : ranges, {
    ...{ age, autoAssign, avoidBuggyIPs: avoidsBuggy },
    ...(app === null ? {} : { serviceAllocation: { serviceSelectors: [{ matchLabels: { app } }] } }),
  });
}

const describe = ({ key, type, annotations, clusterIPs, ...rest }: Service): object => ({
  ...{ key, type, annotations, clusterIPs, policy: rest.ipFamilyPolicy, ip: rest.loadBalancerIP },
  ...{ ports: rest.ports, etp: rest.externalTrafficPolicy, selector: rest.selector, labels: rest.labels },
  ...{ class: rest.loadBalancerClass, deleting: rest.deleting },
});

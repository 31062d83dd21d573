/** Small builders and a small world for tests of decisions: Services and pools in, looks out. */
import type { Millis } from '../../src/base/clock.ts';
import { ALLOCATED_FROM } from '../../src/cluster/annotations.ts';
import type { Labels } from '../../src/cluster/selector.ts';
import type { Ingress, Service, ServiceKey } from '../../src/cluster/service.ts';
import { type PoolBook, poolObject, reviewPools } from '../../src/config/pools.ts';
import type { DeskOptions } from '../../src/plan/desk.ts';
import type { Look } from '../../src/plan/look.ts';
import { ASSIGNED } from '../../src/plan/reasons.ts';
import { Rehearsal } from '../../src/plan/rehearsal.ts';

export const WALL = Date.UTC(2026, 0, 1);
export const GRACE: Millis = 60_000;

export const OPTIONS: DeskOptions = {
  lbClass: null,
  foreignAddresses: 'keep',
  ipMode: null,
  poolGrace: GRACE,
};

export type Wish = {
  readonly [field in keyof Service]?: Service[field];
} & {
  /** Short for `annotations`: what stands behind `metallb.io/`. */
  readonly asks?: Readonly<Record<string, string>>;
  readonly families?: readonly (4 | 6)[];
  /** Short for `ingress`. */
  readonly shows?: readonly string[];
  /** Short for the annotation with the pool that we assigned from. */
  readonly from?: string;
  /** TCP ports. */
  readonly tcp?: readonly number[];
};

let made = 0;

/** A Service as the API server has it: IPv4, port 80, nothing asked for. The later made, the younger. */
export function service(name: string, wish: Wish = {}): Service {
  const { asks = {}, families = [4], shows = [], from, tcp = [80], ...rest } = wish;
  made++;
  const key = name.includes('/') ? name : `default/${name}`;
  return {
    key,
    uid: `uid-${key}`,
    resourceVersion: String(made),
    createdAt: WALL + made * 1000,
    deleting: false,
    labels: {},
    type: 'LoadBalancer',
    loadBalancerClass: null,
    clusterIPs: families.map((family) => (family === 4 ? '10.96.0.1' : 'fd96::1')),
    ipFamilies: families.map((family) => `IPv${family}`),
    ipFamilyPolicy: 'SingleStack',
    loadBalancerIP: '',
    externalTrafficPolicy: 'Cluster',
    selector: 'app=web',
    ports: tcp.map((port) => ({ protocol: 'TCP', port })),
    ingress: ingress(...shows),
    conditions: [],
    statusWriter: null,
    ...rest,
    annotations: {
      ...Object.fromEntries(Object.entries(asks).map(([key, value]) => [`metallb.io/${key}`, value])),
      ...(from === undefined ? {} : { [ALLOCATED_FROM]: from }),
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
  /** Seconds since the first of January; the smaller the older. */
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

export const book = (pools: readonly object[], before: PoolBook | null = null): PoolBook =>
  reviewPools(pools.map(poolObject), before);

export type Stage = {
  readonly services?: readonly Service[];
  readonly pools?: readonly object[];
  readonly namespaces?: Readonly<Record<string, Labels>>;
  readonly options?: Partial<DeskOptions>;
  readonly layer2Only?: readonly string[];
};

/** A cluster and its desk, which has taken over and come to rest; what it did till then is in `first`. */
export class World {
  readonly stage: Rehearsal;
  readonly first: readonly Look[];
  pools: readonly object[];
  namespaces: ReadonlyMap<string, Labels>;

  constructor({ services = [], pools = [], namespaces = {}, options = {}, layer2Only = [] }: Stage) {
    this.stage = new Rehearsal({ ...OPTIONS, ...options }, services, WALL);
    this.pools = pools;
    this.namespaces = new Map(Object.entries(namespaces));
    const { desk } = this.stage;
    desk.poolsChanged(book(pools), 0);
    desk.namespacesChanged(this.namespaces, new Set());
    desk.layer2OnlyChanged(new Set(layer2Only));
    this.first = this.stage.run(desk.begin(0));
  }

  get desk() {
    return this.stage.desk;
  }

  get(name: string): Service {
    const found = this.stage.services.get(name.includes('/') ? name : `default/${name}`);
    if (found === undefined) throw new Error(`there is no Service ${name}`);
    return found;
  }

  /** Somebody else creates or changes a Service. */
  apply(...services: readonly Service[]): readonly Look[] {
    for (const service of services) {
      const before = this.stage.services.get(service.key);
      this.stage.services.set(service.key, service);
      this.desk.serviceChanged(before, service);
    }
    return this.stage.run(services.map(({ key }) => key));
  }

  edit(name: string, wish: Partial<Service>): readonly Look[] {
    return this.apply({ ...this.get(name), ...wish });
  }

  annotate(name: string, annotations: Readonly<Record<string, string>>): readonly Look[] {
    return this.edit(name, { annotations: { ...this.get(name).annotations, ...annotations } });
  }

  delete(name: string): readonly Look[] {
    const { key } = this.get(name);
    this.stage.services.delete(key);
    return this.stage.run([key]);
  }

  setPools(...pools: readonly object[]): readonly Look[] {
    this.pools = pools;
    return this.stage.run(this.desk.poolsChanged(book(pools, this.desk.book), this.stage.now));
  }

  label(namespace: string, labels: Labels): readonly Look[] {
    this.namespaces = new Map([...this.namespaces, [namespace, labels]]);
    return this.stage.run(this.desk.namespacesChanged(this.namespaces, new Set([namespace])));
  }

  pass(ms: Millis): readonly Look[] {
    this.stage.now += ms;
    return this.stage.run(this.desk.endGraces(this.stage.now));
  }

  /** A fresh process over the same objects. */
  restart(options: Partial<DeskOptions> = {}): World {
    return new World({
      services: [...this.stage.services.values()],
      pools: this.pools,
      namespaces: Object.fromEntries(this.namespaces),
      options,
    });
  }

  lookAgain(): readonly Look[] {
    return this.stage.run(this.stage.services.keys());
  }

  /** What the Service shows: its addresses, or why it has none. */
  says(name: string): string {
    const { ingress, conditions } = this.get(name);
    const reason = conditions.find(({ type }) => type === ASSIGNED)?.reason ?? 'nothing';
    const shown = ingress.map(({ ip, hostname }) => ip ?? hostname).join(' ');
    return reason === 'Assigned' ? shown : [reason, shown].filter(Boolean).join(' ');
  }

  message(name: string): string {
    return this.get(name).conditions.find(({ type }) => type === ASSIGNED)?.message ?? '';
  }

  poolOf(name: string): string | undefined {
    return this.get(name).annotations[ALLOCATED_FROM];
  }
}

/** What would be written, or was: the keys and their patches. */
export const writes = (looks: readonly Look[]): readonly Look[] =>
  looks.filter(({ patch }) => patch !== null);

export const eventsOf = (looks: readonly Look[], key?: ServiceKey): readonly string[] =>
  looks
    .filter((look) => key === undefined || look.key === key)
    .flatMap(({ events }) => events.map(({ reason, message }) => `${reason}: ${message}`));

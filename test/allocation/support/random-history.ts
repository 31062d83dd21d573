/** Random histories of small clusters, in which Services, pools and addresses often conflict. */

import type { ExternalClaims } from '../../../src/allocation/external-claims.ts';
import { formatAddress } from '../../../src/net/address.ts';
import type { Service } from '../../../src/objects/service.ts';
import type { Random } from '../../support/random.ts';
import { GRACE, ingress, pool, type ServiceOverrides, service, TestCluster } from './test-cluster.ts';

const NAMES = Array.from({ length: 10 }, (_, i) => `s${i}`);
const NAMESPACES = ['default', 'shop'];
const RANGES = [
  '10.0.0.0-10.0.0.2',
  '10.0.0.2/31',
  '10.0.0.3-10.0.0.5',
  '10.0.0.5/32',
  'fd00::/127',
  'fd00::1-fd00::3',
  'fd00::4/128',
];
const ADDRESSES = ['10.0.0.0', '10.0.0.2', '10.0.0.3', '10.0.0.5', 'fd00::1', 'fd00::4'];
const FOREIGN_ENTRIES = ['192.0.2.1', '198.51.100.7', 'cloud.example'];
const POOLS = ['a', 'b', 'c'];

/** The changes that a history may have; a law turns off those that it does not cover. */
export type HistoryOptions = {
  /** Invalid pools. */
  readonly invalid: boolean;
  /** Another writer changes the status of Services. */
  readonly writers: boolean;
  /** Calico's LoadBalancer controller claims Services. */
  readonly calico: boolean;
};

const CLAIMS: readonly (ExternalClaims | null)[] = [
  null,
  { ipam: null },
  { ipam: { mode: 'RequestedServicesOnly', pools: ['balancers'], scope: 'by-class' } },
  { ipam: { mode: 'AllServices', pools: ['balancers'], scope: 'by-class' } },
];

export class RandomHistory {
  readonly random: Random;
  readonly options: HistoryOptions;
  readonly cluster: TestCluster;
  readonly #ages = new Map<string, number>();
  /** The changes so far, for the message of a failure. */
  readonly journal: string[] = [];
  #clock = 0;

  constructor(random: Random, options: HistoryOptions) {
    this.random = random;
    this.options = options;
    this.cluster = new TestCluster({
      pools: this.#pools(),
      namespaces: { default: {}, shop: { team: 'red' } },
      externalClaims: options.calico && random.chance(0.3) ? random.pick(CLAIMS) : null,
      options: { unmetRequests: random.chance(0.8) ? 'keep' : 'release' },
    });
  }

  #name(): string {
    return `${this.random.chance(0.8) ? 'default' : 'shop'}/${this.random.pick(NAMES)}`;
  }

  randomOverrides(): ServiceOverrides {
    const { chance, pick, below } = this.random;
    const families = pick([[4], [4], [6], [4, 6], [6, 4]] as const);
    const requests: Record<string, string> = {};
    if (chance(0.15)) requests['address-pool'] = pick([...POOLS, 'nowhere']);
    if (chance(0.2)) {
      requests['loadBalancerIPs'] =
        families.length === 1 && chance(0.9)
          ? pick(ADDRESSES.filter((one) => one.includes(':') === (families[0] === 6)))
          : pick(['10.0.0.3,fd00::1', 'fd00::1,10.0.0.0', '10.0.0.3', 'rubbish', '10.0.0.2,10.0.0.2']);
    }
    if (chance(0.3)) requests['allow-shared-ip'] = pick(['k', 'l']);
    return {
      families,
      requests,
      tcpPorts: [pick([80, 443])],
      labels: chance(0.3) ? { app: 'web' } : {},
      ipFamilyPolicy:
        families.length === 2
          ? pick(['PreferDualStack', 'RequireDualStack'])
          : pick(['SingleStack', 'PreferDualStack']),
      externalTrafficPolicy: chance(0.2) ? 'Local' : 'Cluster',
      selector: `app=${below(2)}`,
      ...(this.options.calico && chance(0.2)
        ? { annotations: { 'projectcalico.org/ipv4pools': '["balancers"]' } }
        : {}),
    };
  }

  /** Sometimes no cluster IP, another class or type, or a deletion. */
  #rareOverrides(): ServiceOverrides {
    const { chance, pick } = this.random;
    if (chance(0.85)) return {};
    return pick<ServiceOverrides>([
      { clusterIPs: [] },
      { loadBalancerClass: 'other' },
      { type: 'ClusterIP', ingress: [] },
      { deleting: true },
    ]);
  }

  #pools(): readonly object[] {
    const { chance, pick, below } = this.random;
    return POOLS.filter(() => chance(0.75)).map((name) => {
      const addresses = RANGES.filter(() => chance(0.3));
      const isInvalid = this.options.invalid && chance(0.15);
      // The creation time of an object never changes: one that is older or younger now was made anew.
      const age = chance(0.7) ? (this.#ages.get(name) ?? below(3)) : below(3);
      this.#ages.set(name, age);
      return pool(name, isInvalid ? [...addresses, 'rubbish'] : noOverlap(addresses), {
        ...{ age, uid: `uid-${name}-${age}` },
        autoAssign: chance(0.85),
        avoidBuggyIPs: chance(0.2),
        ...(chance(0.3)
          ? {
              serviceAllocation: pick([
                { priority: 5 },
                { namespaces: ['shop'] },
                { priority: 7, namespaceSelectors: [{ matchLabels: { team: 'red' } }] },
                { serviceSelectors: [{ matchLabels: { app: 'web' } }] },
              ]),
            }
          : {}),
      });
    });
  }

  /** Makes one change, and reconciles until no key is left. */
  step(): void {
    const { chance, pick, below } = this.random;
    const { cluster } = this;
    this.cluster.simulator.now += 1000;
    this.#clock += 1000;
    const all = [...cluster.simulator.services.keys()];
    const dice = below(100);
    if (dice < 35 || all.length < 4) {
      const created = service(this.#name(), { ...this.randomOverrides(), ...this.#rareOverrides() });
      const old = cluster.simulator.services.get(created.key);
      this.#record(`${old ? 'edits' : 'creates'} ${describe(created)}`);
      cluster.apply(old === undefined ? created : edited(old, created));
    } else if (dice < 50) {
      const key = pick(all);
      this.#record(`deletes ${key}`);
      cluster.delete(key);
      if (chance(0.3)) {
        this.#record(`recreates ${key}`);
        cluster.apply(service(key, { ...this.randomOverrides(), uid: `${key}-${this.#clock}` }));
      }
    } else if (dice < 65) {
      const pools = this.#pools();
      this.#record(
        `sets pools ${JSON.stringify(pools.map((one) => one as { spec: object; metadata: { name: string } }).map(({ metadata, spec }) => [metadata.name, spec]))}`,
      );
      cluster.setPools(...pools);
    } else if (dice < 72) {
      const ms = chance(0.5) ? GRACE : 20_000;
      this.#record(`lets ${ms} ms pass`);
      cluster.pass(ms);
    } else if (dice < 78) {
      const labels = chance(0.5) ? { team: 'red' } : {};
      const namespace = pick(NAMESPACES);
      this.#record(`labels ${namespace} ${JSON.stringify(labels)}`);
      cluster.label(namespace, labels);
    } else if (dice < 90 && this.options.writers) {
      const key = pick(all);
      const { type, deleting } = cluster.get(key);
      if (type !== 'LoadBalancer' || deleting) return;
      const entries = pick([
        [],
        [pick(ADDRESSES)],
        [pick(FOREIGN_ENTRIES)],
        [pick(ADDRESSES), pick(ADDRESSES)],
      ]);
      this.#record(`another writer sets ${entries.join(' ')} on ${key}`);
      cluster.edit(key, { ingress: ingress(...entries), statusWriter: 'another' });
    } else if (dice >= 90 && this.options.calico) {
      const claims = pick(CLAIMS);
      this.#record(`lets Calico claim ${JSON.stringify(claims)}`);
      cluster.setExternalClaims(claims);
    }
  }

  #record(dice: string): void {
    this.journal.push(dice);
  }

  /** The ledger as text, without Services that are being deleted, for which nothing is decided. */
  static ledgerOf(cluster: TestCluster): string {
    const notDeleting = [...cluster.simulator.services.values()].filter(({ deleting }) => !deleting);
    const keys = notDeleting.map(({ key }) => key).sort();
    const lines = keys.map((key) => {
      const held = cluster.allocator.ledger
        .assignedTo(key)
        .map(({ address, pool }) => `${formatAddress(address)}@${pool}`);
      return `${key} ${held.join(' ')}`;
    });
    return lines.join('\n');
  }
}

/** A new spec of an existing Service: status and identity stay; only type LoadBalancer has an ingress. */
function edited(old: Service, created: Service): Service {
  const { 'metallb.io/ip-allocated-from-pool': from } = old.annotations;
  return {
    ...created,
    uid: old.uid,
    createdAt: old.createdAt,
    annotations: { ...created.annotations, ...(from ? { 'metallb.io/ip-allocated-from-pool': from } : {}) },
    ingress: created.type === 'LoadBalancer' ? old.ingress : [],
    conditions: old.conditions,
    statusWriter: old.statusWriter,
    deleting: old.deleting || created.deleting,
  };
}

const describe = (one: Service): string => {
  const { key, annotations, clusterIPs, ipFamilyPolicy, type, loadBalancerClass, ports, deleting } = one;
  return JSON.stringify({
    key,
    annotations,
    clusterIPs,
    ipFamilyPolicy,
    type,
    loadBalancerClass,
    ports,
    deleting,
  });
};

/** Ranges that overlap make a pool invalid: of two such ranges the second one is kept. */
function noOverlap(ranges: readonly string[]): readonly string[] {
  const clashes: Readonly<Record<string, readonly string[]>> = {
    '10.0.0.2/31': ['10.0.0.0-10.0.0.2'],
    '10.0.0.3-10.0.0.5': ['10.0.0.2/31'],
    '10.0.0.5/32': ['10.0.0.3-10.0.0.5'],
    'fd00::1-fd00::3': ['fd00::/127'],
  };
  const kept = ranges.filter((range) => !clashes[range]?.some((other) => ranges.includes(other)));
  return kept.length === 0 ? ['10.0.0.3-10.0.0.5'] : kept;
}

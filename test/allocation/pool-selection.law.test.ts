/** The pool and the families that a new Service gets, of random pools, as MetalLB was observed to choose them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Random, underSeeds } from '../support/random.ts';
import { pool, service, TestCluster } from './support/test-cluster.ts';

type Family = 4 | 6;

type RandomPool = {
  readonly name: string;
  readonly age: number;
  readonly families: readonly Family[];
  readonly autoAssign: boolean;
  readonly priority: number | null;
  /** Whom the pool is for; null without `serviceAllocation`. */
  readonly binding: Binding | null;
};

/** An allocation with the Services that it admits, as far as namespace and label `app` tell. */
type Binding = { readonly spec: object; readonly admits: (namespace: string, app: string) => boolean };

const BINDINGS: readonly Binding[] = [
  { spec: {}, admits: () => true },
  { spec: { namespaces: ['shop'] }, admits: (namespace) => namespace === 'shop' },
  { spec: { namespaces: ['far'] }, admits: () => false },
  {
    spec: { namespaceSelectors: [{ matchLabels: { team: 'red' } }] },
    admits: (namespace) => namespace === 'shop',
  },
  { spec: { serviceSelectors: [{ matchLabels: { app: 'web' } }] }, admits: (_, app) => app === 'web' },
  {
    spec: { namespaces: ['default'], serviceSelectors: [{ matchLabels: { app: 'db' } }] },
    admits: (namespace, app) => namespace === 'default' && app === 'db',
  },
];

const addressOf = (name: string, family: Family): string =>
  family === 4 ? `10.0.${name.charCodeAt(0)}.1` : `fd00:${name}::1`;

const randomPools = ({ chance, pick, below }: Random): readonly RandomPool[] =>
  ['a', 'b', 'c', 'd', 'e'].map((name) => ({
    ...{ name, age: below(5), autoAssign: chance(0.85) },
    families: pick([[4], [6], [4, 6], [4, 6]] as const),
    priority: chance(0.5) ? below(4) : null,
    binding: chance(0.6) ? pick(BINDINGS) : null,
  }));

const toObject = ({ name, age, families, autoAssign, priority, binding }: RandomPool): object =>
  pool(
    name,
    families.map((family) => `${addressOf(name, family)}/${family === 4 ? 32 : 128}`),
    {
      ...{ age, autoAssign },
      ...(binding === null
        ? {}
        : { serviceAllocation: { ...binding.spec, ...(priority === null ? {} : { priority }) } }),
    },
  );

/** Pools that are bound to the Service go first, whatever families they have; a priority of 0 is none. */
function expected(
  pools: readonly RandomPool[],
  {
    namespace,
    app,
    families,
    policy,
  }: { namespace: string; app: string; families: readonly Family[]; policy: string },
): readonly string[] {
  const rank = ({ priority }: RandomPool): number => (priority === null || priority === 0 ? 99 : priority);
  const byRank = [...pools].sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
  const byName = [...pools].sort((a, b) => (a.name < b.name ? -1 : 1));
  const groups = [
    byRank.filter(({ binding }) => binding?.admits(namespace, app)),
    byName.filter(({ binding }) => binding === null),
  ];
  const isPreferred = policy === 'PreferDualStack' && families.length === 2;
  const wishes = isPreferred ? [families, ...families.map((one) => [one])] : [families];
  for (const group of groups)
    for (const wish of wishes) {
      const found = group.find(
        (one) => one.autoAssign && wish.every((family) => one.families.includes(family)),
      );
      if (found !== undefined) return wish.map((family) => addressOf(found.name, family));
    }
  return [];
}

test('a new Service gets addresses of the best pool that is bound to it, else of the first for all', () => {
  const seen = { none: 0, one: 0, both: 0, oneOfTwo: 0 };
  underSeeds(1500, 50_000, (random) => {
    const pools = randomPools(random);
    const families = random.pick([[4], [6], [4, 6], [6, 4]] as const);
    const policies =
      families.length === 2 ? ['PreferDualStack', 'RequireDualStack'] : ['SingleStack', 'PreferDualStack'];
    const wish = {
      namespace: random.pick(['default', 'shop']),
      app: random.pick(['web', 'db', 'none']),
      families,
      policy: random.pick(policies),
    };
    const one = service(`${wish.namespace}/it`, {
      families,
      ipFamilyPolicy: wish.policy,
      labels: { app: wish.app },
    });
    const cluster = new TestCluster({
      pools: pools.map(toObject),
      services: [one],
      namespaces: { default: {}, shop: { team: 'red' } },
    });
    const got = cluster.get(one.key).ingress.map(({ ip }) => ip);
    assert.deepEqual(got, expected(pools, wish), JSON.stringify({ pools, wish }));
    if (got.length === 0) seen.none += 1;
    else if (got.length === 2) seen.both += 1;
    else if (families.length === 2) seen.oneOfTwo += 1;
    else seen.one += 1;
  });
  if (process.env['SEED'] === undefined)
    for (const count of Object.values(seen)) assert.ok(count > 0, JSON.stringify(seen));
});

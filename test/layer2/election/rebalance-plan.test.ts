/** Which addresses move to spread them evenly, and which never do. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { planRebalance, type RebalancePlan } from '../../../src/layer2/election/rebalance-plan.ts';
import type { OwnerRecord } from '../../../src/layer2/election/record-index.ts';
import { aliveAlways } from '../../../src/layer2/membership/alive.ts';
import { node, pool, service, serviceWithEndpoint } from '../../announce/support/cluster.ts';
import { type Layer2Setup, layer2Advertisement, layer2State } from '../support/layer2-cluster.ts';

type Case = {
  readonly advertisement?: Raw;
  /** The node that answers for each Service, by the last octet of its address. */
  readonly owners: Readonly<Record<number, string>>;
  readonly objects?: readonly Raw[];
  readonly alive?: readonly string[];
  readonly returned?: readonly string[];
  readonly record?: Partial<OwnerRecord>;
};

const nodes = ['n1', 'n2', 'n3'];

function plan({ advertisement = {}, owners, objects = [], alive = nodes, returned = [], record = {} }: Case) {
  const services = Object.keys(owners).map((last) => `s${last}`);
  const recorded = Object.fromEntries(
    Object.entries(owners).map(([last, owner]) => [`web/s${last}`, owner] as const),
  );
  const setup: Layer2Setup = { recorded, alive: aliveAlways(alive), returned };
  const all = [
    ...nodes.map((name) => node(name, { name })),
    pool('main', ['10.0.0.0/24', 'fd00::/120']),
    layer2Advertisement('all', advertisement),
    ...services.flatMap((name) => serviceWithEndpoint(name, `10.0.0.${name.slice(1)}`)),
  ].filter((one) => !objects.some((other) => isSame(one, other)));
  const state = layer2State([...all, ...objects], setup);
  const records = Object.entries(recorded).map(
    ([key, owner]): OwnerRecord => ({
      ...{
        name: `l2-${key}`,
        service: key,
        node: owner,
        interfaces: [],
        handOverTo: null,
        pod: null,
        ...record,
      },
    }),
  );
  return planRebalance({
    ...{ elections: state.elections, records, alive: aliveAlways(alive), returned: new Set(returned) },
  });
}

const isSame = (a: Raw, b: Raw): boolean => {
  const name = (raw: Raw) => (raw['metadata'] as { name?: string }).name;
  return a['kind'] === b['kind'] && name(a) === name(b);
};

const after = ({ nodes: loads }: RebalancePlan): Readonly<Record<string, number>> =>
  Object.fromEntries(loads.map((one) => [one.node, one.after]));

const on = (owner: string, count: number, first = 1): Readonly<Record<number, string>> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [first + index, owner]));

const prefer = (...names: string[]): Raw => ({
  preferredNodeSelectors: names.map((name) => ({ weight: 1, preference: { matchLabels: { name } } })),
});

const rows: readonly (Case & {
  readonly says: string;
  readonly moves: number;
  readonly spread: Readonly<Record<string, number>>;
})[] = [
  {
    says: 'all on one node are spread over three',
    owners: on('n1', 6),
    moves: 4,
    spread: { n1: 2, n2: 2, n3: 2 },
  },
  {
    says: 'a difference of one stays',
    owners: { ...on('n1', 2), ...on('n2', 1, 3), ...on('n3', 1, 4) },
    ...{ moves: 0, spread: { n1: 2, n2: 1, n3: 1 } },
  },
  {
    says: 'a node that does not run gets none',
    ...{ owners: on('n1', 4), alive: ['n1', 'n2'], moves: 2, spread: { n1: 2, n2: 2 } },
  },
  {
    says: 'a node that came back a short time ago gets none',
    ...{ owners: on('n1', 4), returned: ['n3'], moves: 2, spread: { n1: 2, n2: 2 } },
  },
  {
    says: 'what prefers its owner stays',
    ...{ owners: on('n1', 4), advertisement: prefer('n1'), moves: 0, spread: { n1: 4 } },
  },
  {
    says: 'of those that are preferred as much, each gets its share',
    ...{ owners: on('n1', 4), advertisement: prefer('n1', 'n3'), moves: 2, spread: { n1: 2, n3: 2 } },
  },
  {
    says: 'an address without a record stays, since nobody is known to answer',
    ...{ owners: on('n1', 4), record: { service: 'web/other' }, moves: 0, spread: { n1: 4, n2: 0, n3: 0 } },
  },
  {
    says: 'an address that moves already stays out of it',
    ...{ owners: on('n1', 4), record: { handOverTo: 'n2' }, moves: 0, spread: { n1: 4, n2: 0, n3: 0 } },
  },
  {
    says: 'the two addresses of a dual-stack Service move together',
    owners: on('n1', 2),
    objects: [1, 2].map((last) => service(`s${last}`, [`10.0.0.${last}`, `fd00::${last}`])),
    ...{ moves: 1, spread: { n1: 2, n2: 2, n3: 0 } },
  },
];

describe('the plan of a rebalance', () => {
  for (const { says, moves, spread, ...given } of rows)
    it(says, () => {
      const planned = plan(given);
      assert.equal(planned.moves.length, moves, JSON.stringify(planned.moves));
      const loads = after(planned);
      assert.deepEqual(Object.values(loads).sort(), Object.values(spread).sort());
      assert.deepEqual(Object.keys(loads), Object.keys(spread));
    });

  it('moves along a third node where no address goes directly', () => {
    const local = (last: number, ...names: string[]) => [
      service(`s${last}`, [`10.0.0.${last}`], { externalTrafficPolicy: 'Local' }),
      {
        kind: 'EndpointSlice',
        metadata: {
          ...{ name: `s${last}-1`, namespace: 'web', labels: { 'kubernetes.io/service-name': `s${last}` } },
        },
        addressType: 'IPv4',
        endpoints: names.map((nodeName) => ({ addresses: ['10.244.0.1'], nodeName })),
      },
    ];
    const planned = plan({
      owners: { ...on('n1', 3), 4: 'n2', 5: 'n2', 6: 'n3' },
      objects: [
        ...[1, 2, 3].flatMap((last) => local(last, 'n1', 'n2')),
        ...[4, 5].flatMap((last) => local(last, 'n2', 'n3')),
        ...local(6, 'n3'),
      ],
    });
    assert.deepEqual(after(planned), { n1: 2, n2: 2, n3: 2 });
    assert.deepEqual(planned.moves.map(({ from, to }) => `${from} ${to}`).sort(), ['n1 n2', 'n2 n3']);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  groupRoutes,
  joinRoutes,
  NAMED_PREFIXES_MAX,
  ROUTE_GROUPS_MAX,
  type RouterRoute,
  type ServicePrefix,
} from '../../src/overview/route-groups.ts';

const learned = (...routes: readonly (readonly [router: string, ...nodes: string[]])[]): RouterRoute[] =>
  routes.map(([router, ...nodes]) => ({ router, nodes }));

const prefix = (
  text: string,
  routes: readonly RouterRoute[],
  services: readonly string[] = [`shop/${text}`],
): ServicePrefix => ({ prefix: text, services, learned: routes });

describe('groups of routes', () => {
  it('join prefixes that the same routers learn from the same nodes, in whatever order', () => {
    const { groups } = groupRoutes('speakers', [
      prefix('192.0.2.1/32', learned(['tor-a', 'n1', 'n2'], ['tor-b', 'n1', 'n2'])),
      prefix('192.0.2.2/32', learned(['tor-b', 'n2', 'n1'], ['tor-a', 'n2', 'n1'])),
      prefix('192.0.2.3/32', learned(['tor-a', 'n1'])),
    ]);
    assert.deepEqual(groups, [
      {
        ...{ by: 'speakers', prefixes: 2, examples: ['192.0.2.1/32', '192.0.2.2/32'], services: 2 },
        learned: [{ routers: ['tor-a', 'tor-b'], nodes: ['n1', 'n2'] }],
      },
      {
        ...{ by: 'speakers', prefixes: 1, examples: ['192.0.2.3/32'], services: 1 },
        learned: [{ routers: ['tor-a'], nodes: ['n1'] }],
      },
    ]);
  });

  it('have the width of ECMP of each router', () => {
    const { groups } = groupRoutes('calico', [
      prefix('192.0.2.0/24', learned(['10.0.0.1', 'n1', 'n2'], ['10.0.0.2', 'n3'])),
    ]);
    assert.deepEqual(groups[0]?.learned, [
      { routers: ['10.0.0.1'], nodes: ['n1', 'n2'] },
      { routers: ['10.0.0.2'], nodes: ['n3'] },
    ]);
  });

  it('count a prefix once that several routers, or several Services, tell of', () => {
    const { groups } = groupRoutes('calico', [
      prefix('192.0.2.0/24', learned(['10.0.0.1', 'n1']), ['shop/a', 'shop/b']),
      prefix('192.0.2.0/24', learned(['10.0.0.2', 'n1']), ['shop/b']),
      prefix('192.0.2.0/24', learned(['10.0.0.1', 'n2']), ['shop/c']),
    ]);
    assert.deepEqual(groups, [
      {
        ...{ by: 'calico', prefixes: 1, examples: ['192.0.2.0/24'], services: 3 },
        learned: [
          { routers: ['10.0.0.1'], nodes: ['n1', 'n2'] },
          { routers: ['10.0.0.2'], nodes: ['n1'] },
        ],
      },
    ]);
  });

  it('keep a prefix that no router learns, as one that nothing leads to', () => {
    const { groups } = groupRoutes('calico', [prefix('192.0.2.9/32', learned(['10.0.0.1']))]);
    assert.deepEqual(groups[0]?.learned, []);
  });

  it('name the first prefixes, and count them all', () => {
    const routes = learned(['tor', 'n1']);
    const all = Array.from({ length: 10_000 }, (_, index) =>
      prefix(`10.0.${index >> 8}.${index & 255}/32`, routes),
    );
    const { groups, more } = groupRoutes('speakers', all);
    assert.deepEqual([groups.length, groups[0]?.prefixes, more], [1, 10_000, 0]);
    assert.equal(groups[0]?.examples.length, NAMED_PREFIXES_MAX);
  });

  it('count the prefixes of groups beyond the limit', () => {
    const all = Array.from({ length: ROUTE_GROUPS_MAX + 5 }, (_, index) =>
      prefix(`10.0.0.${index}/32`, learned(['tor', `n${index}`])),
    );
    const routes = groupRoutes('speakers', all);
    assert.deepEqual([routes.groups.length, routes.more], [ROUTE_GROUPS_MAX, 5]);
    const joined = joinRoutes([routes, routes]);
    assert.deepEqual([joined.groups.length, joined.more], [2 * ROUTE_GROUPS_MAX, 10]);
  });
});

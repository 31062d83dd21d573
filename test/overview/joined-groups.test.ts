/** Tenants name pools: as many names as they like are one problem for each reason. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Raw } from '../../src/base/json.ts';
import type { Problem } from '../../src/overview/problem.ts';
import { liveCluster, loadBalancer } from './support/live-cluster.ts';
import { overviewOf } from './support/overview-of.ts';

const WALL = Date.UTC(2026, 0, 1);
const NAMES = 2000;

/** A Service with this condition, that requests the pool, or has its address of it. */
function serviceOf(name: string, reason: string, annotations: Raw, address = ''): Raw {
  const raw = loadBalancer('shop', name, address, WALL);
  const condition = { type: 'berth.dev/Assigned', status: 'False', reason, message: 'So it is.' };
  return {
    ...raw,
    metadata: { ...(raw['metadata'] as Raw), annotations },
    status: {
      ...(address === '' ? {} : { loadBalancer: { ingress: [{ ip: address }] } }),
      conditions: [{ ...condition, lastTransitionTime: '2025-12-31T23:00:00Z' }],
    },
  };
}

const requesting = (name: string, reason: string, pool: string): Raw =>
  serviceOf(name, reason, { 'metallb.io/address-pool': pool });

const problemsOf = (code: Problem['code'], services: readonly Raw[]): readonly Problem[] =>
  overviewOf({ objects: [...liveCluster(WALL), ...services], wall: WALL }).problems.filter(
    (one) => one.code === code,
  );

const madeUp = (reason: string): readonly Raw[] =>
  Array.from({ length: NAMES }, (_, index) => requesting(`t${index}`, reason, `made-up-${index}`));

it('names that no pool has are one problem for each reason, with some of them and the number of the others', () => {
  const problems = problemsOf('NoAddress', madeUp('UnknownPool'));
  assert.deepEqual(
    problems.map(({ count, object, says }) => ({ count, name: object?.name, says })),
    [
      {
        count: NAMES,
        name: 't0',
        says: `${NAMES} Services have no address (UnknownPool). They request the pools "made-up-0", "made-up-1", "made-up-10" and ${NAMES - 3} more. Such as shop/t0: The Service requests pool "made-up-0", which does not exist.`,
      },
    ],
  );
});

it('a pool that exists, and Services that request none, have problems of their own', () => {
  const services = [
    ...madeUp('PoolExhausted'),
    requesting('real', 'PoolExhausted', 'public'),
    serviceOf('any', 'PoolExhausted', {}),
  ];
  const found = problemsOf('NoAddress', services).map(({ count, object }) => [count, object?.name]);
  assert.deepEqual(found, [
    [NAMES, 't0'],
    [1, 'any'],
    [1, 'real'],
  ]);
});

it('one name that no pool has is said once, by the Service that requests it', () => {
  const services = ['x', 'y'].map((name) => requesting(name, 'UnknownPool', 'gone'));
  assert.deepEqual(
    problemsOf('NoAddress', services).map(({ says }) => says),
    [
      '2 Services have no address (UnknownPool). Such as shop/x: The Service requests pool "gone", which does not exist.',
    ],
  );
});

it('an address that is kept names its pool in an annotation, which tenants can write, too', () => {
  const services = Array.from({ length: 9 }, (_, index) =>
    serviceOf(
      `t${index}`,
      'PoolGone',
      { 'metallb.io/ip-allocated-from-pool': `gone-${index}` },
      `203.0.113.${index}`,
    ),
  );
  assert.deepEqual(
    problemsOf('KeptAddress', services).map(({ says }) => says),
    [
      '9 Services have an address, with a restriction (PoolGone). The addresses are of the pools "gone-0", "gone-1", "gone-2" and 6 more. Such as shop/t0: So it is.',
    ],
  );
});

it('a name as long as an annotation permits is cut', () => {
  const services = ['x', 'y'].map((name) => requesting(name, 'UnknownPool', name.repeat(100_000)));
  const [problem] = problemsOf('NoAddress', services);
  assert.ok((problem?.says.length ?? 0) < 2000, problem?.says.slice(0, 100));
});

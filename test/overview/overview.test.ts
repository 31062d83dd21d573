/** What the overview says of a cluster: problems, and what is not known. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../src/base/json.ts';
import { OVERVIEW_KINDS } from '../../src/overview/kinds.ts';
import type { Problem } from '../../src/overview/problem.ts';
import {
  controllerPod,
  liveCluster,
  loadBalancer,
  NAMESPACE,
  speakerPod,
  speakerStatus,
} from './support/live-cluster.ts';
import { forbidden, overviewOf } from './support/overview-of.ts';

const WALL = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;

const nameOf = (raw: Raw): string => JSON.stringify([raw['kind'], (raw['metadata'] as Raw)['name']]);

/** The cluster where all is well, with these objects instead of those of the same name. */
function withObjects(...changed: readonly Raw[]): readonly Raw[] {
  const names = new Set(changed.map(nameOf));
  return [...liveCluster(WALL).filter((raw) => !names.has(nameOf(raw))), ...changed];
}

const without = (...kinds: readonly string[]): readonly Raw[] =>
  liveCluster(WALL).filter(({ kind }) => !kinds.includes(String(kind)));

const pool = (name: string, addresses: readonly string[], wall = WALL): Raw => ({
  ...{ apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool' },
  metadata: { name, namespace: NAMESPACE, uid: name, creationTimestamp: new Date(wall).toISOString() },
  spec: { addresses },
});

/** A Service that has no address, with this condition; null for none. */
function waitingService(name: string, reason: string | null, age: number, spec: object = {}): Raw {
  const raw = loadBalancer('shop', name, '', WALL);
  const condition = { type: 'berth.dev/Assigned', status: 'False', reason, message: 'So it is.' };
  return {
    ...raw,
    metadata: { name, namespace: 'shop', uid: name, creationTimestamp: new Date(WALL - age).toISOString() },
    spec: { ...(raw['spec'] as Raw), ...spec },
    status: {
      conditions: reason === null ? [] : [{ ...condition, lastTransitionTime: '2025-12-31T23:00:00Z' }],
    },
  };
}

const sessionDown = {
  sessions: [{ peer: 'tor', address: '10.0.0.1', state: 'Down', since: '', lastError: 'hold timer expired' }],
};

type Expected = Partial<Record<keyof Problem, unknown>>;

describe('problems', () => {
  const rows: readonly [what: string, objects: readonly Raw[], want: Expected & { readonly code: string }][] =
    [
      ['no lease, no Pod', without('Lease', 'Pod'), { code: 'NoController', severity: 'error' }],
      [
        "MetalLB's controller beside it",
        withObjects({
          ...controllerPod('controller-1', 'n1'),
          spec: {
            nodeName: 'n1',
            containers: [{ name: 'controller', image: 'quay.io/metallb/controller:v0.16.1' }],
          },
        }),
        { code: 'MetallbController', severity: 'error', command: 'migrate metallb' },
      ],
      [
        'a standby that is not ready',
        withObjects(controllerPod('berth-controller-b', 'n2', false)),
        { code: 'ControllerNotReady', severity: 'warning', count: 1 },
      ],
      [
        'half of an update',
        withObjects({
          ...speakerPod('n2'),
          spec: { nodeName: 'n2', containers: [{ name: 'speaker', image: 'registry.example/berth:v1.5.0' }] },
        }),
        {
          code: 'VersionsDiffer',
          says: 'Pods of Berth run different versions: v1.5.0 (1), v1.4.0 (3).',
        },
      ],
      [
        'a pool with a mistake',
        withObjects(pool('public', ['192.0.2.0/28', 'rubbish'], WALL - HOUR)),
        { code: 'PoolInvalid', severity: 'error' },
      ],
      [
        'a pool that overlaps with an older one',
        withObjects(pool('younger', ['192.0.2.8/29'])),
        { code: 'PoolOverlap', severity: 'warning' },
      ],
      [
        'a pool without a free address',
        withObjects(pool('public', ['192.0.2.1-192.0.2.2'], WALL - HOUR)),
        { code: 'PoolExhausted', says: 'Pool public is exhausted: 0 of 2 IPv4 addresses are free.' },
      ],
      [
        'two Services on one address',
        withObjects(loadBalancer('shop', 'web', '192.0.2.2', WALL)),
        {
          code: 'AddressConflict',
          says: 'Services shop/api and shop/web show 192.0.2.2, and may not share it.',
        },
      ],
      [
        'Services that wait for the same reason are one problem',
        withObjects(...['x', 'y', 'z'].map((name) => waitingService(name, 'UnknownPool', HOUR))),
        { code: 'NoAddress', count: 3, severity: 'error', command: 'explain service x -n shop' },
      ],
      [
        'a Service that was created just now',
        withObjects(waitingService('x', null, 1000)),
        { code: 'NotReconciled', severity: 'hint', fix: null },
      ],
      [
        'a Service that nobody has reconciled for an hour',
        withObjects(waitingService('x', null, HOUR)),
        { code: 'NotReconciled', severity: 'error' },
      ],
      [
        'a session that is down',
        withObjects(speakerStatus('n1', WALL, sessionDown)),
        {
          code: 'SessionDown',
          severity: 'warning',
          says: '1 of 2 sessions with tor (10.0.0.1) are down, on n1. The last error: hold timer expired.',
          command: 'bgp peers --node n1',
        },
      ],
      [
        'a peer without any session',
        withObjects(speakerStatus('n1', WALL, sessionDown), speakerStatus('n2', WALL, sessionDown)),
        { code: 'SessionDown', severity: 'error', count: 2 },
      ],
      [
        'another host with an address of ours',
        withObjects(
          speakerStatus('n1', WALL, {
            layer2: {
              interfaces: [{ name: 'eth0' }],
              conflicts: [{ address: '192.0.2.1', mac: '02:00:00:00:00:01', interface: 'eth0' }],
            },
          }),
        ),
        { code: 'HostConflict', severity: 'error' },
      ],
    ];
  for (const [what, objects, want] of rows) {
    it(what, () => {
      const { problems } = overviewOf({ objects, wall: WALL });
      const found = problems.find(({ code }) => code === want.code);
      assert.ok(found !== undefined, `found only ${problems.map(({ code }) => code).join()}`);
      for (const [key, value] of Object.entries(want))
        assert.deepEqual(found[key as keyof Problem], value, `${key}: ${JSON.stringify(found)}`);
      assert.equal(problems.filter(({ code }) => code === want.code).length, 1);
    });
  }

  it('another class is no problem, and counted apart', () => {
    const other = waitingService('x', null, HOUR, { loadBalancerClass: 'acme' });
    const { verdict, services } = overviewOf({ objects: withObjects(other), wall: WALL });
    assert.deepEqual([verdict, services?.total, services?.others], ['clean', 2, 1]);
  });
});

describe('what was not read', () => {
  for (const kind of OVERVIEW_KINDS) {
    it(`${kind}: the cluster is never called clean`, () => {
      const objects = liveCluster(WALL).filter((raw) => raw['kind'] !== kind);
      const document = overviewOf({ objects, wall: WALL, unread: [forbidden(kind)] });
      assert.equal(document.partial, true);
      assert.deepEqual([document.verdict, document.notRead], ['partial', [`${kind} cannot be read`]]);
    });
  }

  it('Pods: no program is called well', () => {
    const { controller } = overviewOf({ objects: without('Pod'), wall: WALL, unread: [forbidden('Pod')] });
    assert.deepEqual([controller.pods, controller.version], [null, null]);
  });

  it('pools: there is no number', () => {
    const document = overviewOf({
      objects: without('IPAddressPool'),
      wall: WALL,
      unread: [forbidden('IPAddressPool')],
    });
    assert.equal(document.pools, null);
  });

  it('the lease: whether a controller leads is unknown', () => {
    const { controller } = overviewOf({
      objects: without('Lease'),
      wall: WALL,
      unread: [forbidden('Lease')],
    });
    assert.equal(controller.state, 'unknown');
  });

  it('Pods and Nodes: whether a speaker runs is unknown', () => {
    const unread = [forbidden('Pod'), forbidden('Node')];
    const { announcing } = overviewOf({ objects: without('Pod', 'Node'), wall: WALL, unread });
    assert.deepEqual(
      announcing.speakers?.map(({ state }) => state),
      ['unknown', 'unknown'],
    );
  });
});

it('the document is plain JSON', () => {
  const document = overviewOf({ objects: liveCluster(WALL), wall: WALL });
  assert.deepEqual(JSON.parse(JSON.stringify(document)), document);
});

/**
 * An admission webhook that never answers, on a real API server. With `failurePolicy: Ignore` the server waits for it, and then
 * stores the write: the address arrives late, and arrives. A leader that stops takes such a write back. One that is frozen or killed
 * cannot: its successor waits until the write cannot land any more.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { API_REQUEST_TIMEOUT } from '../../../src/runtime/main/adapters.ts';
import { type AnyObject, addressesOf, NAMESPACE, Rig } from '../../controller/support/rig.ts';
import { eventually, eventuallyEqual, unchangedFor } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';
import { createNamespace } from '../../support/namespace.ts';
import { HangingWebhook } from '../support/hanging-webhook.ts';

const LEASE = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases/berth-controller`;
const isFull = process.env['BERTH_FULL'] === '1';
/** More than a write usually has: the default of a webhook, and in the full suite the most that one can have. */
const HELD_UP_SECONDS = isFull ? 30 : 10;
const LEASE_SECONDS = 3;
const LOOK_INTERVAL_MS = 50;
const ELECTION = [
  ...['--leader-elect', `--lease-duration=${LEASE_SECONDS}s`],
  ...['--renew-deadline=2s', '--retry-period=500ms'],
];

describe('a webhook that never answers', { skip: skipWithoutKubernetesBinaries() }, () => {
  let rig: Rig;
  let webhook: HangingWebhook;
  /** Only writes in this namespace are held up. */
  let slowNamespace: string;
  let slowServices: string;

  before(async () => {
    rig = await Rig.borrow();
    slowNamespace = await createNamespace(rig.api);
    slowServices = `/api/v1/namespaces/${slowNamespace}/services`;
    webhook = await HangingWebhook.start();
  });
  afterEach(async () => {
    await webhook.remove(rig.api);
    const { items } = await rig.api.requestOk<AnyObject>('GET', slowServices);
    for (const { metadata } of items) await rig.api.requestOk('DELETE', `${slowServices}/${metadata.name}`);
    await rig.clean();
  });
  after(async () => {
    webhook?.close();
    await rig?.stop();
  });

  const install = (): Promise<void> => webhook.install(rig.api, slowNamespace, HELD_UP_SECONDS);
  const slow = (name: string): Promise<AnyObject> => rig.api.requestOk('GET', `${slowServices}/${name}`);
  const isAsked = (): Promise<void> =>
    eventually(() => assert.notDeepEqual(webhook.heldUp, [], 'no write has reached the webhook'));

  it('delays the addresses of its namespace, and of no other', async () => {
    assert.ok(HELD_UP_SECONDS * 1000 > API_REQUEST_TIMEOUT);
    await install();
    await rig.pool('p', ['192.0.2.0/24']);
    await rig.startServing();
    await rig.service('held-up', {}, { namespace: slowNamespace });
    await isAsked();
    await rig.service('other');
    await eventually(async () => assert.equal((await rig.addresses('other')).length, 1));
    assert.deepEqual(addressesOf(await slow('held-up')), [], 'the webhook holds it up');
    await eventually(async () => assert.equal(addressesOf(await slow('held-up')).length, 1));
  });

  it('holds nothing up any more when another replica serves', async () => {
    await install();
    await rig.pool('p', ['192.0.2.1-192.0.2.1']);
    const leader = await rig.startServing(...ELECTION);
    const standby = rig.controller(...ELECTION);
    await rig.service('held-up', {}, { namespace: slowNamespace });
    await isAsked();
    assert.equal(await leader.stop(), 0);
    await standby.waitUntilServing();
    await rig.api.requestOk('DELETE', `${slowServices}/held-up`);
    await rig.service('other');
    await eventuallyEqual(() => rig.addresses('other'), ['192.0.2.1']);
    await rig.service('late', {}, { namespace: slowNamespace });
    await unchangedFor(HELD_UP_SECONDS * 1000, async () => addressesOf(await slow('late')));
    assert.deepEqual(await rig.addresses('other'), ['192.0.2.1']);
  });

  /**
   * Its Lease is recorded for as long as the write may take, and the write has reached the webhook. An earlier attempt, which the
   * server is about to give up, does not count.
   */
  const isPatient = (): Promise<void> =>
    eventually(async () => {
      const { spec } = await rig.api.requestOk<AnyObject>('GET', LEASE);
      assert.ok(spec.leaseDurationSeconds > HELD_UP_SECONDS, 'the lease is not extended');
      assert.ok(webhook.heldUp.includes(HELD_UP_SECONDS), `held up: ${webhook.heldUp.join(', ')} s`);
    });

  const losses: readonly [string, NodeJS.Signals][] = [
    ['frozen', 'SIGSTOP'],
    ...(isFull ? [['killed', 'SIGKILL'] satisfies [string, NodeJS.Signals]] : []),
  ];
  for (const [how, signal] of losses)
    it(`of a leader that is ${how}: nobody gets the address before that write has ended`, async () => {
      await install();
      await rig.pool('p', ['192.0.2.1-192.0.2.1']);
      const leader = await rig.startServing(...ELECTION);
      // Older than the other one, so a successor that does not know of the write assigns it the address.
      await rig.service('rival', { loadBalancerIP: '192.0.2.9' });
      await rig.waitForReason('rival', 'AddressNotInPool');
      const standby = rig.controller(...ELECTION);
      await rig.service('held-up', {}, { namespace: slowNamespace });
      await isPatient();
      leader.signal(signal);
      await rig.edit('rival', { spec: { loadBalancerIP: '192.0.2.1' } });
      const seen = watchHolders();
      try {
        await standby.waitUntilServing();
        await eventually(async () => assert.equal((await holders()).length, 1));
        if (signal === 'SIGSTOP') assert.deepEqual(await holders(), ['held-up'], 'the write has landed');
        leader.signal('SIGCONT');
        await unchangedFor(2 * LEASE_SECONDS * 1000, holders);
      } finally {
        await seen.stop();
      }
      assert.ok(seen.counts.has(1));
      assert.ok(!seen.counts.has(2), 'both had the address');
    });

  const holders = async (): Promise<readonly string[]> => {
    const all: readonly [string, AnyObject][] = [
      ['rival', await rig.get('rival')],
      ['held-up', await slow('held-up')],
    ];
    return all.filter(([, service]) => addressesOf(service).includes('192.0.2.1')).map(([name]) => name);
  };

  /** How many had the address, at each look. */
  function watchHolders(): { readonly counts: ReadonlySet<number>; stop(): Promise<void> } {
    const counts = new Set<number>();
    let isOver = false;
    const looking = (async () => {
      while (!isOver) {
        counts.add((await holders()).length);
        await sleep(LOOK_INTERVAL_MS);
      }
    })();
    return {
      counts,
      stop: () => {
        isOver = true;
        return looking;
      },
    };
  }
});

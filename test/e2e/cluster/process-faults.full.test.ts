/** Programs of a real cluster are deleted, run out of memory, or are away, under load: no address moves, and who serves goes on. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { skipWithoutCluster } from '../../support/cluster/parts.ts';
import { eventually } from '../../support/eventually.ts';
import { statusOf } from './support/announced.ts';
import { addressesOf, addressOf, NAMESPACE, rolledOut, serveWeb } from './support/berth-cluster.ts';
import { assertServed, needlessMoves, outcomeText } from './support/fault-outcome.ts';
import { FaultStage } from './support/fault-stage.ts';
import { ownersOfStatuses, podsOf, runOutOfMemory } from './support/speaker-pods.ts';

const SPEAKERS = 'daemonset/berth-speaker';
/** Longer than leases, hold times and graces of nodes. */
const API_OUTAGE_MS = 120_000;
/** Traffic goes on for so long after all is whole. */
const AFTER_WHOLE_MS = 1_000;

describe('on a real cluster', { skip: skipWithoutCluster() }, () => {
  let stage: FaultStage;

  before(async () => {
    stage = await FaultStage.start();
  });
  after(() => stage?.stop());

  async function addressesStay(): Promise<void> {
    assert.deepEqual(await addressesOf(stage.cluster, 'far'), [stage.far]);
    assert.deepEqual(await addressesOf(stage.cluster, 'near'), [stage.near]);
  }

  it('all speaker Pods are deleted at once: addresses stay on their nodes, and what begins afterwards is served', async (t) => {
    const owner = await stage.owner();
    const outcome = await stage.disturb(async () => {
      const speakers = ['-n', NAMESPACE, '-l', 'app.kubernetes.io/component=speaker'];
      await stage.cluster.kubectlOk(['delete', 'pods', ...speakers]);
      await rolledOut(stage.cluster, SPEAKERS);
      await stage.isWhole();
    });
    t.diagnostic(outcomeText(outcome));
    await addressesStay();
    const { record, near, span } = outcome;
    assert.deepEqual(record.moves(near, span), []);
    assert.equal(await stage.owner(), owner);
    // Until all speak again, nobody answers.
    const whileAway = { untilMs: outcome.span.to - outcome.span.from - AFTER_WHOLE_MS };
    assertServed(outcome, {
      ...{ 'BGP by hold time': whileAway, 'BGP with BFD': whileAway, 'layer 2': whileAway },
    });
  });

  it('the garbage collector leaves no status of a Pod that is gone', async () => {
    await eventually(
      async () => {
        const pods = await podsOf(stage.cluster, 'speaker');
        const owners = await ownersOfStatuses(stage.cluster);
        assert.deepEqual([...owners].sort(), pods.map(({ uid }) => uid).sort());
      },
      { interval: 500 },
    );
  });

  it('a speaker runs out of memory: no connection fails, and it comes back', async (t) => {
    const victim = await stage.owner();
    const outcome = await stage.disturb(async () => {
      const ended = await runOutOfMemory(stage.cluster, 'speaker', victim);
      t.diagnostic(`the kubelet says ${ended}`);
      await stage.isWhole();
    });
    t.diagnostic(outcomeText(outcome));
    assertServed(outcome);
    await addressesStay();
  });

  it('the leading controller runs out of memory: nothing moves, and a new Service gets an address', async (t) => {
    const { controller } = await statusOf(stage.cluster);
    assert.ok(controller?.node, 'a controller leads');
    const { node } = controller;
    const outcome = await stage.disturb(async () => {
      const began = performance.now();
      const ended = await runOutOfMemory(stage.cluster, 'controller', node);
      t.diagnostic(`the kubelet says ${ended}`);
      await serveWeb(stage.cluster, 'new', { replicas: 0, pool: 'far' });
      await addressOf(stage.cluster, 'new');
      t.diagnostic(
        `a new Service had its address after ${((performance.now() - began) / 1000).toFixed(1)} s`,
      );
    });
    t.diagnostic(outcomeText(outcome));
    assertServed(outcome);
    assert.deepEqual(needlessMoves(outcome), []);
    await addressesStay();
  });

  it('the API server restarts: nothing fails, and nothing moves', async (t) => {
    const outcome = await stage.disturb(async () => {
      await stage.cluster.controlPlane.stopApiServer();
      await stage.cluster.controlPlane.startApiServer();
      await stage.isWhole();
    });
    t.diagnostic(outcomeText(outcome));
    assertServed(outcome);
    assert.deepEqual(needlessMoves(outcome), []);
    await addressesStay();
  });

  it('the API server is away for two minutes: nothing fails, and nothing moves, also when it is back', async (t) => {
    const outcome = await stage.disturb(async () => {
      await stage.cluster.controlPlane.stopApiServer();
      await sleep(API_OUTAGE_MS);
      await stage.cluster.controlPlane.startApiServer();
      await sleep(30_000); // The node controller may now take nodes for dead that it has not heard of.
      await stage.cluster.untilReady();
      await stage.isWhole();
    });
    t.diagnostic(outcomeText(outcome));
    assertServed(outcome);
    assert.deepEqual(needlessMoves(outcome), []);
    await addressesStay();
  });
});

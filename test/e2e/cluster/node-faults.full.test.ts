/** A node of a real cluster dies, loses its link, loses its kubelet, or is new: who fails for how long, and what is said about it. */
import assert from 'node:assert/strict';
import { loadavg } from 'node:os';
import { after, before, describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterNode } from '../../support/cluster/node.ts';
import { skipWithoutCluster } from '../../support/cluster/parts.ts';
import { eventually } from '../../support/eventually.ts';
import { partition } from '../native/support/partition.ts';
import { announcedOf, statusOf } from './support/announced.ts';
import {
  type Allowance,
  assertServed,
  needlessMoves,
  outcomeText,
  type Way,
} from './support/fault-outcome.ts';
import { FaultStage } from './support/fault-stage.ts';

/** By then, whoever looks at a dead node wants to read the truth. */
const LOOKED_AT_AFTER_MS = 120_000;

/**
 * What the silence of a node may cost. Until the router drops it, a connection to it is lost or late: the hold time is 9 s, BFD takes
 * 0.9 s, and by layer 2 it takes 0.6 s and the election. The rest is for a busy machine, where timers and routes come later.
 */
const ALLOWED: Readonly<Record<Way, Allowance>> = {
  'BGP by hold time': { untilMs: 9_000 + 5_000 },
  'BGP with BFD': { untilMs: 900 + 5_000 },
  'layer 2': { untilMs: 600 + 5_000 },
};

describe('a node of a real cluster', { skip: skipWithoutCluster() }, () => {
  let stage: FaultStage;

  before(async () => {
    stage = await FaultStage.start();
  });
  after(() => stage?.stop());

  const othersThan = (node: ClusterNode): readonly ClusterNode[] =>
    stage.cluster.nodes.filter((one) => one !== node);

  async function answeringNode(): Promise<ClusterNode> {
    const owner = await stage.owner();
    return stage.cluster.node(Number(owner.slice(1)));
  }

  /** What the Services and `berth status` say while a node is gone. */
  async function isSaidToBeGone(t: TestContext, node: ClusterNode): Promise<void> {
    await eventually(
      async () => {
        const far = await announcedOf(stage.cluster, 'far');
        assert.equal(far.status, 'True');
        assert.doesNotMatch(far.message, new RegExp(`\\b${node.name}\\b`), far.message);
        const near = await announcedOf(stage.cluster, 'near');
        assert.equal(near.status, 'True');
        assert.doesNotMatch(near.message, new RegExp(`\\b${node.name}\\b`), near.message);
        const { problems } = await statusOf(stage.cluster);
        t.diagnostic(`${far.message} ${near.message} ${problems.map(({ says }) => says).join(' ')}`);
        const codes = problems.map(({ code, object }) => `${code} ${object?.name ?? ''}`);
        assert.ok(
          codes.some((code) => code.startsWith('SpeakerDown') && code.includes(node.name)),
          codes.join('; '),
        );
        assert.ok(!codes.some((code) => code.startsWith('OwnerDown')), codes.join('; '));
      },
      { interval: 1000 },
    );
  }

  async function returned(node: ClusterNode): Promise<void> {
    await stage.cluster.untilReady();
    await stage.isWhole();
    await eventually(
      async () => {
        const { message } = await announcedOf(stage.cluster, 'far');
        assert.match(message, new RegExp(`\\b${node.name}\\b`));
      },
      { interval: 1000 },
    );
  }

  it('dies without a word: other nodes serve, and two minutes later all that is said is true', async (t) => {
    const victim = await answeringNode();
    const died = performance.now();
    const outcome = await stage.disturb(async () => {
      stage.cluster.network.setPort(victim.number, 'down');
      await victim.kill();
      await stage.announcedFrom(othersThan(victim));
      await stage.owner(victim.name);
      await stage.serves();
    });
    t.diagnostic(outcomeText(outcome));
    assertServed(outcome, ALLOWED);
    await sleep(Math.max(0, LOOKED_AT_AFTER_MS - (performance.now() - died)));
    await isSaidToBeGone(t, victim);
    stage.cluster.network.setPort(victim.number, 'up');
    await victim.start();
    await returned(victim);
  });

  it('has a link that drops all packets: other nodes serve, and nothing moves back when it works again', async (t) => {
    const victim = await answeringNode();
    const { lan } = stage.cluster.network;
    const others = ['control-plane', 'router', 'neighbour', ...othersThan(victim).map(({ name }) => name)];
    const outcome = await stage.disturb(async () => {
      const heal = await partition(lan, [[victim.name], others]);
      try {
        await stage.announcedFrom(othersThan(victim));
        await stage.owner(victim.name);
        await stage.serves();
      } finally {
        await heal();
      }
    });
    t.diagnostic(outcomeText(outcome));
    assertServed(outcome, ALLOWED);
    await returned(victim);
    assert.notEqual(await stage.owner(), victim.name);
  });

  it('has a kubelet that stands still: no connection is lost, and nothing moves', async (t) => {
    const victim = await answeringNode();
    const outcome = await stage.disturb(async () => {
      await victim.signal('kubelet', 'STOP');
      try {
        await eventually(
          async () => {
            const ready = ['-o', 'jsonpath={.status.conditions[?(@.type=="Ready")].status}'];
            const state = await stage.cluster.kubectlOk(['get', 'node', victim.name, ...ready]);
            assert.equal(state, 'Unknown');
          },
          { interval: 500 },
        );
        await sleep(5000);
        await stage.owner();
        await stage.serves();
      } finally {
        await victim.signal('kubelet', 'CONT');
      }
    });
    t.diagnostic(outcomeText(outcome));
    await returned(victim);
    assertServed(outcome);
    assert.deepEqual(needlessMoves(outcome), []);
  });

  it('is added: its speaker announces, and no layer-2 address moves', async (t) => {
    const owner = await stage.owner();
    const began = performance.now();
    const outcome = await stage.disturb(async () => {
      await stage.cluster.addNode();
      t.diagnostic(`Ready after ${((performance.now() - began) / 1000).toFixed(1)} s`);
      await stage.announcedFrom(stage.cluster.nodes);
      t.diagnostic(
        `announces after ${((performance.now() - began) / 1000).toFixed(1)} s, load ${loadavg()[0]}`,
      );
    });
    t.diagnostic(outcomeText(outcome));
    assert.equal(await stage.owner(), owner);
    assertServed(outcome);
    assert.deepEqual(needlessMoves(outcome), []);
  });
});

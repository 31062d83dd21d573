/**
 * Layer 2 under steady load: a client on the segment that never retries opens a connection every 20 ms over each family, while
 * something happens to the node that answers. BERTH_FULL=1 adds what takes longer.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, afterEach, before, describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { stretched } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import {
  addressOutcomes,
  type Disturbance,
  lostNewConnections,
  outcomeText,
} from './support/layer2-outcome.ts';
import { Layer2Stage } from './support/layer2-stage.ts';
import { NODES } from './support/native-cluster.ts';

/** Two nodes may answer at once for that long, in milliseconds of a quiet machine. */
const OVERLAP_MAX_MS = 500;
/** Nobody may answer for that long. BFD notices after 600 ms that a node is gone. */
const SILENCE_MAX_MS = 1500;

const execFileAsync = promisify(execFile);

const full = process.env['BERTH_FULL'] === '1';
const others = (owner: string): readonly string[] => NODES.filter((node) => node !== owner);

describe('layer 2 under load', {
  skip: skipWithoutKubernetesBinaries() || skipWithoutNetworkBinaries(),
}, () => {
  let stage: Layer2Stage;

  before(async () => {
    stage = await Layer2Stage.start();
  });
  afterEach(() => stage.cluster.clean());
  after(() => stage?.stop());

  /** What holds for each of them; the figures are in the report. */
  function judge(t: TestContext, disturbance: Disturbance): void {
    t.diagnostic(outcomeText(disturbance));
    for (const { address, silence, overlap } of addressOutcomes(disturbance)) {
      const message = `${address}: ${outcomeText(disturbance)}\n${stage.cluster.logTails()}`;
      assert.ok(overlap <= stretched(OVERLAP_MAX_MS), message);
      assert.ok(silence <= stretched(SILENCE_MAX_MS), message);
    }
  }

  it('the owner is stopped: no new connection is lost', async (t) => {
    await stage.begin();
    const seen = await stage.disturb(async (owner) => {
      await stage.cluster.end(owner);
      return stage.owner({ among: others(owner) });
    });
    judge(t, seen);
    assert.deepEqual(lostNewConnections(seen), [], stage.cluster.logTails());
  });

  it('the owner is killed: another node answers, and keeps the addresses', async (t) => {
    await stage.begin();
    const seen = await stage.disturb(async (owner) => {
      await stage.cluster.kill(owner);
      const next = await stage.owner({ among: others(owner) });
      stage.cluster.startSpeaker(owner);
      await stage.allLinked();
      return stage.owner({ among: [next] });
    });
    judge(t, seen);
    assert.deepEqual(lostNewConnections(seen), [], 'the kernel of the node forwards without the speaker');
  });

  it('the link of the owner goes down: another node answers, and connections work again', async (t) => {
    await stage.begin();
    await stage.serveFrom(others(await stage.owner()));
    const seen = await stage.disturb(async (owner) => {
      stage.cluster.stage.router.ip(`link set ${owner} down`);
      try {
        const next = await stage.owner({ among: others(owner) });
        await stage.serves();
        return next;
      } finally {
        stage.cluster.stage.router.ip(`link set ${owner} up`);
      }
    });
    judge(t, seen);
  });

  const standsStill = 'the owner stands still: another node answers, and it stays silent when it goes on';
  if (full)
    it(standsStill, async (t) => {
      await stage.begin();
      const seen = await stage.disturb(async (owner) => {
        stage.cluster.signal(owner, 'SIGSTOP');
        const next = await stage.owner({ among: others(owner) });
        stage.cluster.signal(owner, 'SIGCONT');
        await stage.allLinked([owner]);
        return stage.owner({ among: [next] });
      });
      judge(t, seen);
      assert.deepEqual(lostNewConnections(seen), [], 'the kernel of the node forwards without the speaker');
    });

  if (full)
    it('berth l2 rebalance moves an address: no new connection is lost', async (t) => {
      await stage.begin();
      const { cluster } = stage;
      const owner = await stage.owner();
      await cluster.expose('more', NODES);
      await stage.handOver('more', owner);
      const seen = await stage.disturb(async (before) => {
        assert.equal(before, owner);
        const { script, api } = cluster.rig;
        const args = ['l2', 'rebalance', '--yes', '--per-minute=6000', '--kubeconfig', api.kubeconfig];
        await execFileAsync(process.execPath, [script, ...args]); // rejects where it fails, with what it printed
        return stage.owner({ among: others(owner) });
      });
      judge(t, seen);
      assert.deepEqual(lostNewConnections(seen), [], stage.cluster.logTails());
    });

  if (full)
    it('an edit excludes the owner: another node answers, and no new connection is lost', async (t) => {
      await stage.begin();
      const seen = await stage.disturb(async (owner) => {
        const key = 'kubernetes.io/hostname';
        const nodeSelectors = [{ matchExpressions: [{ key, operator: 'NotIn', values: [owner] }] }];
        await stage.advertise({ interfaces: ['eth0'], nodeSelectors });
        return stage.owner({ among: others(owner) });
      });
      judge(t, seen);
      assert.deepEqual(lostNewConnections(seen), [], stage.cluster.logTails());
    });
});

/** The controller beside speakers that answer by layer 2, or should and do not, over a server in memory. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { resolvePools } from '../../../../../src/announce/config/pools.ts';
import type { Raw } from '../../../../../src/base/json.ts';
import {
  Layer2AnnouncementSource,
  SILENCE_PATIENCE,
} from '../../../../../src/controller/main/announced/layer2/source.ts';
import { ControllerInformers } from '../../../../../src/controller/main/api/informers.ts';
import { node, pool } from '../../../../announce/support/cluster.ts';
import { layer2Advertisement } from '../../../../layer2/support/layer2-cluster.ts';
import { eventually } from '../../../../support/eventually.ts';
import { FakeClock } from '../../../../support/fake-clock.ts';
import type { AnyObject } from '../../../support/rig.ts';
import { KEY, NAMESPACE, ServedCluster } from '../support/served-cluster.ts';

const POOLS = resolvePools([pool('main', ['10.20.1.0/24'])], null);

describe('the controller beside speakers, with an L2Advertisement', () => {
  let cluster: ServedCluster;
  let clock: FakeClock;
  let informers: ControllerInformers;
  let source: Layer2AnnouncementSource;
  let stop: AbortController;
  let running: Promise<unknown>;

  before(async () => {
    cluster = await ServedCluster.start([
      pool('main', ['10.20.1.0/24']),
      { ...layer2Advertisement('all'), apiVersion: 'metallb.io/v1beta1' },
      { ...node('w1'), apiVersion: 'v1' },
    ]);
  });
  after(() => cluster.stop());

  beforeEach(() => {
    clock = new FakeClock();
    const context = cluster.contextOf(clock);
    informers = new ControllerInformers(context, { namespace: NAMESPACE, legacyConfig: null });
    source = new Layer2AnnouncementSource({
      ...{ ...cluster.sourceOptions, context, informers, pools: () => POOLS },
    });
    stop = new AbortController();
    const { signal } = stop;
    const { speakerStatuses, layer2Advertisements } = informers;
    running = Promise.all([source, speakerStatuses, layer2Advertisements].map((one) => one.run(signal)));
  });
  afterEach(async () => {
    stop.abort();
    await running;
    cluster.deleteAll('speakerstatuses.berth.dev');
    cluster.deleteAll('pods');
  });

  const publish = (phase: string, interfaces: readonly string[] | null): unknown => {
    const layer2 =
      interfaces === null
        ? {}
        : {
            layer2: { interfaces: interfaces.map((name) => ({ name, mac: '02:00:00:00:00:01', arp: true })) },
          };
    const status: Raw = { node: 'w1', phase, sessions: [], ...layer2 };
    return cluster.server.objects.put({
      ...{ apiVersion: 'berth.dev/v1alpha1', kind: 'SpeakerStatus' },
      ...{ metadata: { name: 'w1', namespace: NAMESPACE }, status: status as AnyObject },
    });
  };

  const runMetallb = (): unknown => {
    const ready = { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:30Z' };
    const running = { running: { startedAt: '2026-01-01T00:00:20Z' } };
    return cluster.server.objects.put({
      ...{ apiVersion: 'v1', kind: 'Pod' },
      metadata: { name: 'speaker-a', namespace: NAMESPACE, labels: { component: 'speaker' } },
      spec: {
        nodeName: 'w1',
        containers: [{ name: 'speaker', image: 'quay.io/metallb/speaker:v0.16.1', args: [] }],
      },
      status: {
        phase: 'Running',
        conditions: [ready],
        containerStatuses: [{ name: 'speaker', state: running }],
      },
    });
  };

  const isListed = (): Promise<void> =>
    eventually(() => {
      const { speakerStatuses, layer2Advertisements } = informers;
      assert.ok(speakerStatuses.store.size === 1 && layer2Advertisements.store.size === 1, 'both are listed');
    });

  const becomes = (reason: string): Promise<void> =>
    eventually(() => assert.equal(source.evaluate()?.get(KEY)?.reason ?? '', reason));

  it('says that speakers may not answer, where none of them does', async () => {
    publish('speaking', null);
    await isListed();
    await clock.advanceAsync(SILENCE_PATIENCE - 1);
    assert.equal(source.isActive, false, 'a speaker that starts opens the wire later');
    await clock.advanceAsync(1);
    await becomes('SpeakersDoNotAnswer');
    assert.match(source.evaluate()?.get(KEY)?.message ?? '', /speakers of w1 .* NET_RAW/);
    assert.equal(source.isPublished, false, 'the pool is one that nobody answers for');
  });

  it('says so no more when one of them answers', async () => {
    publish('speaking', null);
    await isListed();
    await clock.advanceAsync(SILENCE_PATIENCE);
    await becomes('SpeakersDoNotAnswer');
    publish('speaking', ['eth0']);
    await becomes('NotVisible'); // until its ServiceL2Status is there
  });

  it('says that nobody answers, where all speakers have stopped', async () => {
    publish('stopped', null);
    await isListed();
    await clock.advanceAsync(SILENCE_PATIENCE - 1);
    assert.equal(source.isActive, false, 'they may be restarting');
    await clock.advanceAsync(1);
    await becomes('NoSpeaker');
    assert.match(source.evaluate()?.get(KEY)?.message ?? '', /no speaker of Berth runs/);
  });

  it('says that a speaker of MetalLB may answer, where all of its own have stopped', async () => {
    publish('stopped', null);
    runMetallb();
    await isListed();
    await clock.advanceAsync(SILENCE_PATIENCE);
    await becomes('MetallbAnswers');
  });
});

/** The controller beside speakers, over a server in memory: what has it evaluate again, and what time alone changes. */

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Raw } from '../../../../../src/base/json.ts';
import { NativeAnnouncementSource } from '../../../../../src/controller/main/announced/native/source.ts';
import { AnnouncedPools } from '../../../../../src/controller/main/announced/pools.ts';
import { ControllerInformers } from '../../../../../src/controller/main/api/informers.ts';
import { advertisement, node, peer, pool } from '../../../../announce/support/cluster.ts';
import { eventually } from '../../../../support/eventually.ts';
import { FakeClock } from '../../../../support/fake-clock.ts';
import type { AnyObject } from '../../../support/rig.ts';
import { KEY, NAMESPACE, ServedCluster } from '../support/served-cluster.ts';

describe('the controller beside speakers', () => {
  let cluster: ServedCluster;
  let clock: FakeClock;
  let source: NativeAnnouncementSource;
  let stop: AbortController;
  let running: Promise<void>;
  let changes: number;

  before(async () => {
    const config = [pool('main', ['10.20.1.0/24']), advertisement('all'), peer('tor')];
    const core = [node('w1'), node('w2')].map((one) => ({ ...one, apiVersion: 'v1' }));
    cluster = await ServedCluster.start([...config, ...core]);
  });
  after(() => cluster.stop());

  beforeEach(() => {
    clock = new FakeClock();
    changes = 0;
    const context = cluster.contextOf(clock);
    const informers = new ControllerInformers(context, { namespace: NAMESPACE, legacyConfig: null });
    const pools = new AnnouncedPools(clock, informers.pools, () => {});
    source = new NativeAnnouncementSource({
      ...{ ...cluster.sourceOptions, context, informers, pools: () => pools.inForce() },
    });
    source.changes.add(() => {
      changes += 1;
    });
    stop = new AbortController();
    running = source.run(stop.signal);
  });
  afterEach(async () => {
    stop.abort();
    await running;
    for (const kind of ['pods', 'configmaps', 'speakerstatuses.berth.dev']) cluster.deleteAll(kind);
  });

  const put = (kind: string, name: string, labels: Raw, rest: AnyObject): unknown =>
    cluster.server.objects.put({
      apiVersion: 'v1',
      kind,
      metadata: { name, namespace: NAMESPACE, labels },
      ...rest,
    });

  const documentOf = (node: string, fields: Raw): Raw => ({
    ...{ node, phase: 'speaking', sessions: [{ peer: 'tor', state: 'Established' }] },
    ...fields,
  });

  const says = (node: string, fields: Raw): unknown =>
    cluster.server.objects.put({
      ...{ apiVersion: 'berth.dev/v1alpha1', kind: 'SpeakerStatus' },
      metadata: { name: node, namespace: NAMESPACE },
      status: documentOf(node, fields) as AnyObject,
    });

  /** A speaker that is not updated yet. */
  const formerSays = (node: string, fields: Raw): unknown => {
    const data = { 'status.json': JSON.stringify(documentOf(node, fields)) };
    return put('ConfigMap', `berth-speaker-${node}`, { 'berth.dev/speaker': node }, { data });
  };

  /** Another component's Pods have another name. */
  const pod = (nodeName: string, status: string, name = 'berth'): unknown => {
    const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/component': 'speaker' };
    const rest = { spec: { nodeName }, status: { conditions: [{ type: 'Ready', status }] } };
    return put('Pod', `${name}-${nodeName}`, labels, rest);
  };

  const condition = async (): Promise<string> => {
    const one = (await source.evaluate())?.get(KEY);
    return one === undefined ? '' : `${one.status} ${one.reason}`;
  };

  const becomes = (expected: string): Promise<void> =>
    eventually(async () => assert.equal(await condition(), expected));

  it('counts a bridged session until the router drops the routes, and evaluates again then', async () => {
    const ending = (seconds: number): string => new Date(clock.wall() + seconds * 1000).toISOString();
    const sessions = [{ peer: 'tor', state: 'Bridged', until: ending(100) }];
    says('w1', { phase: 'stopped', time: ending(-20), sessions });
    says('w2', { phase: 'stopped', time: ending(-90), sessions: [{ ...sessions[0], until: ending(30) }] });
    await becomes('True Announced');
    await clock.advanceAsync(15_000); // the time limit of the lists is over
    const known = changes;
    await clock.advanceAsync(14_000);
    assert.equal(changes, known);
    for (const [seconds, expected] of [
      [1, 'True Announced'],
      [70, 'False NoSpeaker'],
    ] as const) {
      const before = changes;
      await clock.advanceAsync(seconds * 1000);
      assert.equal(changes, before + 1);
      assert.equal(await condition(), expected);
    }
    await clock.advanceAsync(3_600_000);
    assert.equal(changes, known + 2);
  });

  it('trusts a document while its Pod is ready, and all documents where there is no Pod', async () => {
    says('w1', {});
    pod('w1', 'False', 'metallb');
    await becomes('True Announced');
    pod('w2', 'True');
    await becomes('False NoSpeaker');
    pod('w1', 'True');
    await becomes('True Announced');
    pod('w1', 'Unknown');
    await becomes('False NoSpeaker');
    cluster.server.objects.delete('pods', NAMESPACE, 'berth-w1');
    cluster.server.objects.delete('pods', NAMESPACE, 'berth-w2');
    await becomes('True Announced');
  });

  it('reads the ConfigMaps of speakers that are not updated yet, and prefers what an updated one reports', async () => {
    formerSays('w1', {});
    await becomes('True Announced');
    says('w1', { phase: 'stopped', sessions: [] });
    await becomes('False NoSpeaker');
    says('w1', {});
    formerSays('w1', { phase: 'stopped', sessions: [] });
    await becomes('True Announced');
  });

  it('judges nothing while it may not read what speakers report', async () => {
    const heal = cluster.server.faults.add({
      resource: 'speakerstatuses',
      effect: { kind: 'status', code: 403 },
    });
    formerSays('w1', {});
    await becomes('Unknown NotVisible');
    heal();
  });

  it('reports that Pods cannot be read, after a limited time', async () => {
    const heal = cluster.server.faults.add({ resource: 'pods', effect: { kind: 'status', code: 403 } });
    says('w1', {});
    await eventually(() => assert.ok(source.isActive, 'not active yet'));
    assert.equal(await source.evaluate(), null);
    await clock.advanceAsync(10_000);
    await becomes('Unknown NotVisible');
    heal();
  });
});

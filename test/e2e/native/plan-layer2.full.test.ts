/**
 * `berth plan` is held to real speakers by layer 2: an edit is planned, then made. Of all addresses of the pools, those that the
 * plan names are answered by the nodes that it names, and all others as before.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AnyObject } from '../../controller/support/rig.ts';
import { eventually } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { joinSegment } from './support/layer2-stage.ts';
import { METALLB, NativeCluster, NODES } from './support/native-cluster.ts';
import {
  advertisement,
  all,
  DAEMON_SET,
  DUAL,
  EDITS,
  node,
  POOL6,
  POOLS,
  pool,
  type Row,
  service,
  shared,
  slice,
} from './support/plan/layer2-edits.ts';
import { createSpeakerPod, type Edit, make, type Planned, planned } from './support/plan/planned-edit.ts';
import { monotonicNow } from './support/segment/monotonic.ts';
import { SegmentRecorder } from './support/segment/segment-recorder.ts';

/** Of both pools, and more. */
const ASKED = [
  ...Array.from({ length: 8 }, (_, index) => `10.10.0.${128 + index}`),
  ...Array.from({ length: 4 }, (_, index) => `fd10:10::1:${index}`),
];
const QUESTION_EVERY_MS = 20;
const GRACE = '1s';
const STATUSES = `/apis/berth.dev/v1alpha1${METALLB}/speakerstatuses`;
/** Nothing else answers for so long after an edit has had its effect. */
const LASTS_MS = 1_000;

describe('a plan, and what real speakers do by layer 2', {
  skip: skipWithoutKubernetesBinaries() || skipWithoutNetworkBinaries(),
}, () => {
  let cluster: NativeCluster;
  let recorder: SegmentRecorder;

  /** Who comes back takes its addresses at once, or rows would wait a minute. */
  const FLAGS = ['--l2-failback-delay', '0s', '--drain-on-cordon', '--drain-wait', '0s'];

  before(async () => {
    cluster = await NativeCluster.start();
    const macs = new Map(NODES.map((name) => [cluster.stage.node(name).namespace.macAddress('eth0'), name]));
    recorder = SegmentRecorder.start(
      joinSegment(cluster, 'observer', 98),
      {
        ...{ interface: 'eth0', addresses: ASKED, everyMs: QUESTION_EVERY_MS },
        sources: { 4: '10.10.0.98', 6: 'fd10:10::98' },
      },
      (mac) => macs.get(mac) ?? mac,
    );
    const { rig } = cluster;
    await make(cluster, pool('lan', [POOLS.lan, POOL6]));
    await make(cluster, pool('other', [POOLS.other]));
    await make(cluster, advertisement(all));
    await rig.startServing('--ml-secret-name', 'memberlist', '--pool-delete-grace', GRACE);
    await eventually(() => rig.api.requestOk('GET', `/api/v1${METALLB}/secrets/memberlist`));
    await rig.kubectl(['create', '-f', '-'], JSON.stringify(DAEMON_SET));
    for (const name of NODES) {
      await make(cluster, node(name, {}));
      await createSpeakerPod(cluster, name);
    }
    const local = { externalTrafficPolicy: 'Local' };
    await make(cluster, {
      apply: [slice('web', NODES), slice('edge', ['w2']), slice('s1', NODES), slice('s2', ['w1', 'w3'])],
    });
    await make(cluster, { apply: [service('web', DUAL)] });
    await rig.waitForAddresses('web', '10.10.0.128', 'fd10:10::1:0');
    await make(cluster, { apply: [service('edge', local)] });
    await rig.waitForAddresses('edge', '10.10.0.129');
    const ports = [{ port: 81, targetPort: 8080 }];
    await make(cluster, { apply: [service('s1', {}, shared)] });
    await rig.waitForAddresses('s1', '10.10.0.130');
    const asking = { annotations: { ...shared.annotations, 'metallb.io/loadBalancerIPs': '10.10.0.130' } };
    await make(cluster, { apply: [service('s2', { ports }, asking)] });
    await rig.waitForAddresses('s2', '10.10.0.130');
    await cluster.startSpeakers(...FLAGS);
    await settled((now) => assert.equal(now['10.10.0.129'], 'w2', cluster.logTails()));
  });
  after(() => cluster?.stop());

  /** Who has answered for each address in the last moments; `w1 w2` for two of them. */
  const answering = (): Readonly<Record<string, string>> => {
    const answers = recorder.record().answerers({ from: monotonicNow() - LASTS_MS });
    return Object.fromEntries(
      [...answers].map(([address, nodes]) => [address, [...nodes].sort().join(' ')]).sort(),
    );
  };

  /** Waits until the answers of a while pass. */
  async function settled(
    check: (now: Readonly<Record<string, string>>) => Promise<void> | void,
  ): Promise<void> {
    await eventually(async () => check(answering()), { interval: 100 });
    await sleep(LASTS_MS);
    await check(answering());
  }

  const addresses = async (): Promise<Readonly<Record<string, readonly string[]>>> => {
    const services = await cluster.rig.services();
    return Object.fromEntries(
      services
        .filter(({ spec }) => spec.type === 'LoadBalancer')
        .map(({ metadata, status }: AnyObject) => [
          `${metadata.namespace}/${metadata.name}`,
          (status.loadBalancer?.ingress ?? []).map(({ ip }: AnyObject) => ip),
        ])
        .sort(),
    );
  };

  /** What the plan says will be, from what is. */
  function expected(
    { announcements }: Planned,
    now: Readonly<Record<string, string>>,
  ): Readonly<Record<string, string>> {
    const owners = new Map(Object.entries(now));
    for (const { address, before: was, after: is } of announcements.owners) {
      assert.equal(owners.get(address) ?? null, was, `${address} before`);
      if (is === null) owners.delete(address);
      else owners.set(address, is);
    }
    return Object.fromEntries([...owners].sort());
  }

  const plan = (edit: Edit): Promise<Planned> => planned(cluster, edit, ['--pool-delete-grace', GRACE]);

  /** A speaker that ends is missed by the others; one that starts has published itself. */
  async function disturb({ does, node: name }: NonNullable<Row['first']>): Promise<void> {
    if (does === 'start') {
      cluster.startSpeaker(name, ...FLAGS);
      await eventually(async () => {
        const { status } = await cluster.rig.api.requestOk<AnyObject>('GET', `${STATUSES}/${name}`);
        assert.ok(status.phase === 'speaking' && status.layer2.linked.length === 2, cluster.logTails());
      });
    } else await cluster[does](name);
    await settled((now) => {
      const gone = does === 'start' ? [] : Object.values(now).filter((nodes) => nodes.includes(name));
      assert.deepEqual(gone, [], cluster.logTails());
    });
  }

  async function happensAsPlanned({ edit, startsInvalid, first }: Row): Promise<Planned> {
    if (first !== undefined) await disturb(first);
    const now = answering();
    const said = await plan(edit);
    assert.equal((said.notJudged ?? []).length, startsInvalid ? 1 : 0, said.notJudged?.join('\n'));
    const then = startsInvalid ? null : expected(said, now);
    const assigned = said.services
      .flatMap(({ service: key, later }) => (later === null ? [] : [[key, later.addresses] as const]))
      .sort();
    await make(cluster, edit);
    await settled(async (is) => {
      const text = JSON.stringify({ then, is, said: said.announcements.owners });
      const have = Object.entries(await addresses()).filter(([, list]) => list.length > 0);
      if (then !== null) assert.deepEqual(is, then, `${text}\n${cluster.logTails()}`);
      else assert.deepEqual(Object.keys(is), [...new Set(have.flatMap(([, list]) => list))].sort(), text);
      assert.deepEqual(
        have,
        assigned.filter(([, list]) => list.length > 0),
      );
    });
    return said;
  }

  for (const row of EDITS)
    it(row.says, async (test) => {
      const { announcements, code } = await happensAsPlanned(row);
      const changes = announcements.owners.map((one) => `${one.address}: ${one.before} → ${one.after}`);
      test.diagnostic(`${changes.join(', ') || 'no owner changes'}; exit code ${code}`);
    });
});

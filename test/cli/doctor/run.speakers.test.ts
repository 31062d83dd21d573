/** `berth doctor` on files of clusters whose speakers announce: its output and exit codes. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { runDoctor } from '../../../src/cli/doctor/run.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { HEALTHY } from '../../calico/support/clusters.ts';
import {
  BGP_CLUSTER,
  edited,
  LAYER2_CLUSTER,
  session,
  speakerStatus,
} from '../../delivery/support/speaker-clusters.ts';
import { withTypes } from '../../delivery/support/with-types.ts';
import { startLiveCluster } from '../support/live-cluster.ts';
import { runCommand } from '../support/run-command.ts';

const doctor = (objects: readonly Raw[], ...args: readonly string[]) =>
  runCommand(runDoctor, ['-f', '-', '--complete', ...args], {
    stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects.map(withTypes) }),
  });

describe('exit codes', () => {
  const rows: readonly (readonly [says: string, objects: readonly Raw[], code: number])[] = [
    ['nothing is wrong by BGP', BGP_CLUSTER, 0],
    ['nothing is wrong by layer 2', LAYER2_CLUSTER, 0],
    ['an address that nothing leads to', edited(BGP_CLUSTER, [], ['BGPPeer tor']), 4],
    [
      'one session of two is down',
      edited(BGP_CLUSTER, [
        speakerStatus('n1', { sessions: [session('Down')] }),
        speakerStatus('n2', { sessions: [session('Established')] }),
      ]),
      3,
    ],
  ];
  for (const [says, objects, code] of rows)
    it(says, async () => {
      const ended = await doctor(objects);
      assert.equal(ended.code, code, ended.out);
    });
});

it('the text has problems first, then a line for each address', async () => {
  const { out } = await doctor(
    edited(BGP_CLUSTER, [speakerStatus('n1', { sessions: [session('Established')] })]),
  );
  assert.match(
    out,
    /speakers on 1 node, 1 BGP peer, 1 of 1 session established, 0 L2Advertisements, 1 address/,
  );
  assert.match(
    out,
    /Announced by the speakers\n {2}ADDRESS +SERVICE +BY BGP TO +FROM +BY LAYER 2\n {2}10\.20\.1\.5 +web\/a +tor +n1 +-/,
  );
});

it('the JSON has announcements, and findings of speakers with their commands', async () => {
  const { out } = await doctor(edited(BGP_CLUSTER, [], ['BGPAdvertisement all']), '-o', 'json');
  const { findings, announcements, verdict } = JSON.parse(out);
  assert.equal(verdict, 'errors');
  assert.equal(findings[0].code, 'S1');
  assert.equal(findings[0].name, 'pool-not-advertised');
  assert.match(findings[0].fix[0].command, /^kubectl apply .*"ipAddressPools":\["main"\]/);
  assert.deepEqual(announcements, [{ service: 'web/a', address: '10.20.1.5', routes: [], owner: null }]);
});

it('another namespace of the speakers is looked in', async () => {
  const moved = LAYER2_CLUSTER.map((raw) => {
    const metadata = raw['metadata'] as Raw;
    return metadata['namespace'] === 'metallb-system'
      ? { ...raw, metadata: { ...metadata, namespace: 'network' } }
      : raw;
  });
  const { out } = await doctor(moved, '--speaker-namespace', 'network');
  assert.match(out, /10\.20\.1\.5 +web\/a/);
});

it('beside Calico, addresses of speakers are not missed in its lists', async () => {
  const speakers = edited(BGP_CLUSTER, [
    speakerStatus('n1', { sessions: [session('Established')] }),
    speakerStatus('n2', { sessions: [session('Established')] }),
  ]).filter((raw) => raw['kind'] !== 'Secret');
  const { out } = await doctor([...HEALTHY, ...speakers]);
  assert.match(out, /Router 10\.10\.0\.1/);
  assert.match(out, /Announced by the speakers/);
  assert.doesNotMatch(out, /P1 range-not-listed/);
});

describe('a live cluster', () => {
  const live = async (test: TestContext, objects: readonly Raw[], ...args: readonly string[]) => {
    const kubeconfig = await startLiveCluster(test, { objects: objects.map(withTypes) });
    return runCommand(runDoctor, ['--kubeconfig', kubeconfig, '-o', 'json', ...args], { clock: systemClock });
  };

  it('is judged by what its speakers publish', async (test) => {
    const cluster = edited(BGP_CLUSTER, [
      speakerStatus('n1', { sessions: [session('Down', 'connection refused')] }),
      speakerStatus('n2', { sessions: [session('Established')] }),
    ]);
    const { out, code } = await live(test, cluster);
    const { findings, announcements, routers } = JSON.parse(out);
    assert.equal(code, 3, out);
    assert.deepEqual(
      findings.map(({ code: one }: Raw) => one),
      ['S18'],
    );
    assert.equal(announcements.length, 1);
    assert.deepEqual(routers, []);
  });

  it('without a speaker, nothing leads to its addresses', async (test) => {
    const { out, code } = await live(test, BGP_CLUSTER);
    assert.equal(code, 4, out);
    assert.match(out, /no speaker runs on any node/);
  });

  it('where nothing announces, its pools are not advertised', async (test) => {
    const nobody = BGP_CLUSTER.filter((raw) => !/^BGP/.test(String(raw['kind'])));
    const { out, code } = await live(test, nobody);
    assert.equal(code, 3, out);
    assert.deepEqual(
      JSON.parse(out).findings.map(({ code: one }: Raw) => one),
      ['S1'],
    );
  });
});

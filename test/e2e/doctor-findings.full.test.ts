/**
 * Each finding about speakers in a real API server: `berth doctor` names it with its cause, and it is gone after the command that the
 * doctor prints has run in a shell.
 */
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Raw } from '../../src/base/json.ts';
import { runDoctor } from '../../src/cli/doctor/run.ts';
import { systemClock } from '../../src/workqueue/system-clock.ts';
import { runCommand } from '../cli/support/run-command.ts';
import { type AnyObject, Rig } from '../controller/support/rig.ts';
import { ANNOUNCER_SIBLING_ROWS } from '../delivery/support/finding-rows/announcer-siblings.ts';
import type { FindingRow } from '../delivery/support/finding-rows/finding-row.ts';
import { OBJECT_ROWS } from '../delivery/support/finding-rows/objects.ts';
import { SIBLING_ROWS } from '../delivery/support/finding-rows/siblings.ts';
import { SURROUNDINGS_ROWS } from '../delivery/support/finding-rows/surroundings.ts';
import { eventually } from '../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import { runProgram } from '../support/run-program.ts';
import { metallbCrds } from './native/support/observed/metallb-crds.ts';
import { BrokenCluster, bareCrd } from './support/broken-cluster.ts';

const ROWS = [...OBJECT_ROWS, ...SURROUNDINGS_ROWS, ...SIBLING_ROWS, ...ANNOUNCER_SIBLING_ROWS];

const OTHER_KINDS: readonly Raw[] = [
  bareCrd('cilium.io', 'v2', 'CiliumLoadBalancerIPPool'),
  bareCrd('projectcalico.org', 'v3', 'BGPConfiguration'),
  bareCrd('crd.projectcalico.org', 'v1', 'BGPConfiguration'),
];

/** What no live cluster shows, and why. */
const FILES_ALONE: ReadonlyMap<string, string> = new Map([
  [
    'an advertisement has a field that is spelled wrong',
    'the API server drops a field that the CRD does not have',
  ],
  ['an invalid L2Advertisement stops all of them', 'the schema of the CRD refuses a text in place of a list'],
  ['a peer is in another namespace than the speakers', "only the speakers' namespace is read"],
  ['a pool contains the cluster IP of a Service, where no range is known', 'an API server shows its range'],
  [
    'Calico announces a range by the API group of its CRDs',
    "Calico's API server is there, and its group is read",
  ],
]);

/** Speakers that start are no fault, for a minute. */
const CLOCK = { ...systemClock, wall: () => systemClock.wall() + 600_000 };

describe('each finding about speakers on a real API server', {
  skip: skipWithoutKubernetesBinaries(),
}, () => {
  let rig: Rig;
  let cluster: BrokenCluster;

  before(async () => {
    // A cluster that came from MetalLB has objects that Berth's CRDs refuse.
    rig = await Rig.start({ crds: false });
    await rig.kubectl(['create', '-f', '-'], metallbCrds());
    await rig.kubectl(
      ['create', '-f', '-'],
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items: OTHER_KINDS }),
    );
    for (const path of ['metallb.io/v1beta2/bgppeers', 'berth.dev/v1alpha1/speakerstatuses'])
      await eventually(() => rig.api.requestOk('GET', `/apis/${path}`));
    for (const path of ['cilium.io/v2/ciliumloadbalancerippools', 'projectcalico.org/v3/bgpconfigurations'])
      await eventually(() => rig.api.requestOk('GET', `/apis/${path}`));
    cluster = new BrokenCluster(rig.api);
  });
  afterEach(() => cluster.clear());
  after(() => rig?.stop());

  /** All findings, as JSON. */
  async function diagnosed(): Promise<readonly AnyObject[]> {
    const { kubeconfig } = rig.api;
    const args = ['-o', 'json', '--kubeconfig', kubeconfig];
    const { out, err } = await runCommand(runDoctor, args, { clock: CLOCK });
    assert.notEqual(out, '', err);
    return JSON.parse(out).findings;
  }

  const isFor =
    ({ code, object }: FindingRow) =>
    (one: AnyObject): boolean =>
      one.code === code && `${one.object.kind} ${one.object.name}` === object;

  /** As people paste it. */
  async function paste(command: string): Promise<void> {
    const { kubeconfig, kubectlPath } = rig.api;
    const env = {
      ...process.env,
      KUBECONFIG: kubeconfig,
      PATH: `${dirname(kubectlPath)}:${process.env['PATH']}`,
    };
    const { code, stderr } = await runProgram('bash', ['-c', command], { env });
    assert.equal(code, 0, `${command}\n${stderr}`);
  }

  it('of those that only files show, each is a row of the table', () => {
    const rows = new Set(ROWS.map(({ says }) => says));
    assert.deepEqual(
      [...FILES_ALONE.keys()].filter((says) => !rows.has(says)),
      [],
    );
  });

  for (const row of ROWS.filter(({ says }) => !FILES_ALONE.has(says)))
    it(`${row.code}: ${row.says}`, async () => {
      assert.deepEqual(await cluster.create(row.objects), []);
      const findings = await diagnosed();
      const shown = findings.map(
        ({ code, severity, object, says }) => `${severity} ${code} ${object.name}: ${says}`,
      );
      const found = findings.find(isFor(row));
      assert.ok(found !== undefined, shown.join('\n'));
      assert.equal(found.severity, row.severity, shown.join('\n'));
      assert.match(found.says, row.problem);
      assert.equal(found.fix.length > 0, row.hasEdit, found.todo);
      if (!row.hasEdit) return;
      for (const { command } of found.fix) await paste(command);
      assert.equal(
        (await diagnosed()).some(isFor(row)),
        false,
        found.fix.map(({ command }: AnyObject) => command).join('\n'),
      );
    });
});

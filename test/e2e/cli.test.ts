/** `berth` as people call it: the built program against a real API server. */
import assert from 'node:assert/strict';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runExplain } from '../../src/cli/explain/run.ts';
import { COMMAND_SUMMARIES } from '../../src/cli/framework/command-names.ts';
import { runPlan } from '../../src/cli/plan/run.ts';
import { runStatus } from '../../src/cli/status/run.ts';
import { systemClock } from '../../src/workqueue/system-clock.ts';
import { type CommandResult, type CommandRunner, runCommand } from '../cli/support/run-command.ts';
import { installProgram, Program } from '../controller/support/program.ts';
import { NAMESPACE, Rig } from '../controller/support/rig.ts';
import { eventually } from '../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';

const poolManifest = (name: string, addresses: string): string =>
  JSON.stringify({
    apiVersion: 'metallb.io/v1beta1',
    kind: 'IPAddressPool',
    metadata: { name, namespace: NAMESPACE },
    spec: { addresses: [addresses] },
  });

describe('the commands on a real API server', { skip: skipWithoutKubernetesBinaries() }, () => {
  let rig: Rig;
  let script = '';
  before(async () => {
    rig = await Rig.start({ crds: false });
    script = await installProgram(rig.api.folder);
  });
  after(() => rig?.stop());

  const berth = (main: CommandRunner, args: readonly string[], stdin?: string): Promise<CommandResult> =>
    runCommand(main, [...args, '--kubeconfig', rig.api.kubeconfig], {
      clock: systemClock,
      ...(stdin === undefined ? {} : { stdin }),
    });

  it('says what to do where the kinds are missing, and prints them for kubectl', async () => {
    const explained = await berth(runExplain, ['address', '192.0.2.1']);
    const missing = 'the cluster does not serve ipaddresspools:';
    const install = 'install the CRDs with "berth crds | kubectl apply -f -"';
    assert.deepEqual(explained, {
      code: 5,
      // The command that people copy stays whole on its line, however narrow the terminal.
      out: `192.0.2.1 not known whether it is free: not judged: ${missing}\n  ${install}\n`,
      err: `berth explain: ${missing} ${install}\n`,
    });
    const status = await berth(runStatus, []);
    assert.equal(status.code, 4, status.err);
    assert.match(status.out, /ERROR CrdMissing\n/);
    const crds = new Program(script, ['crds']);
    assert.equal(await crds.waitForExit(), 0, crds.stderr);
    await rig.kubectl(['apply', '-f', '-'], crds.text);
    await eventually(() => rig.pools());
  });

  it('explains what is there, without a controller and with one', async () => {
    await rig.pool('first', ['192.0.2.0/30']);
    await rig.service('web');
    const before = await berth(runExplain, ['service', 'web']);
    assert.equal(before.code, 0, before.err);
    assert.match(
      before.out,
      /^Service default\/web\n {2}address {4}none\n {2}because {4}Pool "first" serves it, and no controller has assigned/,
    );
    assert.match(before.out, / {2}1\. first serves it, free: 4 of 4 IPv4\n/);
    const controller = await rig.startServing();
    await rig.waitForAddresses('web', '192.0.2.0');
    await rig.waitForReason('web', 'Assigned');
    await controller.stop();
    const { out } = await berth(runExplain, ['service', 'web', '-o', 'json']);
    const value = JSON.parse(out);
    assert.deepEqual(
      [value.addresses, value.pool, value.condition.reason],
      [['192.0.2.0'], 'first', 'Assigned'],
    );
    const address = await berth(runExplain, ['address', '192.0.2.0']);
    assert.match(
      address.out,
      /held by Service default\/web, since 20\d\d-.*, from pool first, for TCP\/80\n$/,
    );
    const other = await berth(runExplain, ['service', 'kubernetes']);
    assert.match(other.out, / {2}ignored {4}Its type is ClusterIP\.\n/);
    const missing = await berth(runExplain, ['service', 'webb']);
    assert.deepEqual(
      [missing.code, missing.err],
      [1, 'berth explain: there is no Service default/webb; did you mean web?\n'],
    );
  });

  it('plans what then happens', async () => {
    await rig.service('second');
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'new' },
      spec: { type: 'LoadBalancer', ipFamilyPolicy: 'PreferDualStack', ports: [{ port: 80 }] },
    };
    const pools = [poolManifest('first', '198.51.100.0/31'), poolManifest('six', '2001:db8::/126')];
    const edit = [...pools, JSON.stringify(service)].join('\n---\n');
    const started = await rig.startServing();
    await rig.waitForAddresses('second', '192.0.2.1');
    const { code, out, err } = await berth(runPlan, ['-f', '-', '-o', 'json'], edit);
    assert.deepEqual([code, err], [3, '']);
    const planned: Record<string, readonly string[]> = Object.fromEntries(
      JSON.parse(out).services.map((one: { service: string; later: { addresses: readonly string[] } }) => [
        one.service.replace('default/', ''),
        one.later.addresses,
      ]),
    );
    assert.deepEqual(Object.keys(planned), ['new', 'second', 'web']);
    assert.equal(planned['new']?.length, 1, 'no pool holds both families');
    const was = await rig.versions();
    assert.deepEqual(await rig.versions(), was, 'a plan writes nothing');
    // A plan takes all as applied at once. Here the pools come first: two watches have no common order.
    const { new: plannedNew = [], ...plannedPresent } = planned;
    await rig.kubectl(['apply', '-f', '-'], pools.join('\n---\n'));
    for (const [name, addresses] of Object.entries(plannedPresent))
      await rig.waitForAddresses(name, ...addresses);
    await rig.kubectl(['apply', '-f', '-'], edit);
    await rig.waitForAddresses('new', ...plannedNew);
    const again = await berth(runPlan, ['-f', '-'], edit);
    assert.equal(again.code, 0, again.out);
    await started.stop();
    const gone = await berth(runPlan, ['--delete', 'pool/first']);
    assert.equal(gone.code, 3);
    assert.match(gone.out, /Services lose their address/);
  });

  it('shows the state of the cluster, and follows it', async () => {
    const controller = await rig.startServing('--leader-elect=true');
    const waited = await berth(runStatus, ['--wait', '-o', 'json']);
    const { controller: leading, partial, services, kinds } = JSON.parse(waited.out);
    assert.deepEqual([leading.state, partial], ['leading', false], waited.out);
    assert.equal(services.withoutAddress, 0);
    assert.ok(kinds.every(({ state }: { state: string }) => state === 'read'));
    const watching = new Program(script, ['status', '--watch', '--kubeconfig', rig.api.kubeconfig]);
    await eventually(async () => assert.match(watching.text, /all \d+ have an address/));
    await rig.service('refused', { loadBalancerIP: '203.0.113.250' });
    await eventually(async () =>
      assert.match(
        watching.text,
        /ERROR NoAddress Service default\/refused\n[\s\S]* fix: {2}Service default\/refused, /,
      ),
    );
    await controller.stop();
    await eventually(async () => assert.match(watching.text, /ERROR NoController Lease/));
    assert.equal(await watching.stop(), 4);
  });

  it('runs every command that it lists, and makes no bug report of a mistake', async () => {
    for (const verb of [...Object.keys(COMMAND_SUMMARIES), 'help plan']) {
      const help = new Program(script, [...verb.split(' '), '--help']);
      assert.equal(await help.waitForExit(), 0, verb);
      assert.match(help.text, /\nUsage: ?\n? *berth /, verb);
    }
    const mistakes: readonly [args: readonly string[], code: number, err: RegExp][] = [
      [['plan', '--nope'], 2, /^berth plan: there is no flag --nope\n/],
      [
        ['explain', 'address', '10.0.0.1', '-f', '/nonexistent.yaml'],
        1,
        /^berth explain: \/nonexistent\.yaml: there is no such file or folder\n$/,
      ],
      [['explain', 'address', '10.0.0.1'], 1, /^berth explain: no cluster is configured: /],
    ];
    for (const [args, code, err] of mistakes) {
      const ran = new Program(script, args);
      assert.equal(await ran.waitForExit(), code, args.join(' '));
      assert.match(ran.stderr, err);
    }
  });

  it('is kubectl’s plugin by another name', async () => {
    const plugin = join(rig.api.folder, 'kubectl-berth');
    symlinkSync(script, plugin);
    const help = new Program(plugin, ['--help']);
    assert.equal(await help.waitForExit(), 0);
    assert.match(help.text, /\nUsage:\n {2}kubectl berth COMMAND\n/);
    const explain = new Program(plugin, ['explain', 'service', '--kubeconfig', rig.api.kubeconfig]);
    assert.equal(await explain.waitForExit(), 2);
    assert.match(explain.stderr, /^kubectl berth explain: the name of the Service is missing/);
  });

  it('works from what kubectl printed, without the cluster', async () => {
    const all = await rig.kubectl(['get', 'services,ipaddresspools,namespaces', '-A', '-o', 'yaml']);
    const file = join(rig.api.folder, 'now.yaml');
    writeFileSync(file, all);
    const offline = await runCommand(runPlan, ['--cluster', file, '-f', '-', '-o', 'json'], {
      stdin: poolManifest('first', '203.0.113.0/28'),
    });
    const live = await berth(runPlan, ['-f', '-', '-o', 'json'], poolManifest('first', '203.0.113.0/28'));
    assert.equal(offline.code, 3, offline.err);
    assert.deepEqual(JSON.parse(offline.out), JSON.parse(live.out));
  });
});

/**
 * Wherever a command line names what does not exist, the answer says so, with what was probably meant, and the command fails: a
 * row for each kind of name, in every command that takes one.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseFlags } from '../../src/base/flags.ts';
import type { Raw } from '../../src/base/json.ts';
import { runBgp } from '../../src/cli/bgp/run.ts';
import { runCalico } from '../../src/cli/calico/run.ts';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { runCompletion } from '../../src/cli/completion/run.ts';
import { runCrds } from '../../src/cli/crds/run.ts';
import { runDashboard } from '../../src/cli/dashboard/run.ts';
import { runDoctor } from '../../src/cli/doctor/run.ts';
import { runExplain } from '../../src/cli/explain/run.ts';
import { flagsOf, isGroup } from '../../src/cli/framework/group.ts';
import { runL2 } from '../../src/cli/l2/run.ts';
import { runMigrate } from '../../src/cli/migrate/run.ts';
import { runPlan } from '../../src/cli/plan/run.ts';
import { runReport } from '../../src/cli/report/run.ts';
import { runStatus } from '../../src/cli/status/run.ts';
import { systemClock } from '../../src/workqueue/system-clock.ts';
import { startLiveCluster } from './support/live-cluster.ts';
import { type CommandRunner, runCommand } from './support/run-command.ts';

const NAMESPACE = 'metallb-system';

const object = (apiVersion: string, kind: string, name: string, spec: Raw, namespace = NAMESPACE): Raw => ({
  ...{ apiVersion, kind, metadata: { name, namespace, uid: name }, spec },
});

const OBJECTS: readonly Raw[] = [
  ...['shop', NAMESPACE, 'kube-system'].map((name) => ({
    ...{ apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
  })),
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker-1' } },
  object('metallb.io/v1beta1', 'IPAddressPool', 'everyday', { addresses: ['192.0.2.0/24'] }),
  object('metallb.io/v1beta1', 'L2Advertisement', 'segment', {}),
  object('metallb.io/v1beta1', 'BGPAdvertisement', 'uplinks', {}),
  object('metallb.io/v1beta2', 'BGPPeer', 'tor-left', { myASN: 1, peerASN: 2, peerAddress: '10.0.0.1' }),
  {
    ...object('v1', 'Service', 'web', { type: 'LoadBalancer', clusterIP: '10.96.0.1' }, 'shop'),
    status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
  },
];

const ended = (): AbortSignal => AbortSignal.abort();
const bgp: CommandRunner = (args, context) => runBgp(args, context, ended);
const dashboard: CommandRunner = (args, context) =>
  runDashboard(args, context, { files: new URL('file:///none/'), invocation: 'berth', stopSignal: ended });

type Row = readonly [run: CommandRunner, line: string, says: RegExp];

const NO_SHP = /there is no namespace shp; did you mean shop\?/;
const NO_SYTEM = /there is no namespace metallb-sytem; did you mean metallb-system\?/;

const LIVE: readonly Row[] = [
  // Namespaces
  [runStatus, 'status -n shp', NO_SHP],
  [dashboard, 'dashboard --no-open -n shp', NO_SHP],
  [runExplain, 'explain service -n shp', NO_SHP],
  [runExplain, 'explain service shp/web', /there is no Service shp\/web; did you mean shop\/web\?/],
  [runL2, 'l2 why shp/web', /there is no Service shp\/web of type LoadBalancer; did you mean shop\/web\?/],
  [runStatus, 'status --pool-namespace metallb-sytem', NO_SYTEM],
  [dashboard, 'dashboard --no-open --pool-namespace metallb-sytem', NO_SYTEM],
  [runExplain, 'explain service -A --pool-namespace metallb-sytem', NO_SYTEM],
  [runExplain, 'explain address 192.0.2.1 --pool-namespace metallb-sytem', NO_SYTEM],
  [runPlan, 'plan --delete pool/everyday --pool-namespace metallb-sytem', NO_SYTEM],
  [runReport, 'report --to none.zip --pool-namespace metallb-sytem', NO_SYTEM],
  [runMigrate, 'migrate metallb --pool-namespace metallb-sytem', NO_SYTEM],
  [runDoctor, 'doctor --speaker-namespace metallb-sytem', NO_SYTEM],
  [runL2, 'l2 owners --speaker-namespace metallb-sytem', NO_SYTEM],
  [runL2, 'l2 why shop/web --speaker-namespace metallb-sytem', NO_SYTEM],
  [runL2, 'l2 rebalance --speaker-namespace metallb-sytem', NO_SYTEM],
  [bgp, 'bgp peers --speaker-namespace metallb-sytem', NO_SYTEM],
  [bgp, 'bgp routes --speaker-namespace metallb-sytem', NO_SYTEM],
  [bgp, 'bgp why shop/web --speaker-namespace metallb-sytem', NO_SYTEM],
  // Services
  [runExplain, 'explain service shop/wbe', /there is no Service shop\/wbe; did you mean web\?/],
  [runExplain, 'explain service 192.0.2.1', /who has an address says: berth explain address 192\.0\.2\.1/],
  [runExplain, 'explain service web', /there is one in the namespace shop: add -n shop/],
  [runL2, 'l2 why shop/wbe', /did you mean web\?/],
  // Objects and kinds
  [
    runPlan,
    'plan --delete everyday',
    /"everyday" has no kind: write KIND\/NAME, such as ipaddresspool\/everyday/,
  ],
  [runPlan, 'plan --delete ipaddresspol/everyday', /did you mean ipaddresspool\?/],
  [runPlan, 'plan --delete daemonset/speaker', /deletion of a "daemonset" changes is not predicted/],
  [runPlan, 'plan --delete bgppeeer/tor-left', /did you mean bgppeer\?/],
  [runPlan, 'plan --delete ipaddresspool.metalb.io/everyday', /write ipaddresspool\.metallb\.io/],
  [runPlan, 'plan --delete ipaddresspool/everydy', /there is no IPAddressPool .* did you mean everyday\?/],
  [runPlan, 'plan --delete l2advertisement/segmnt', /did you mean segment\?/],
  [runPlan, 'plan --delete bgpadvertisement/uplink', /did you mean uplinks\?/],
  [runPlan, 'plan --delete namespace/shp', /did you mean shop\?/],
  [runPlan, 'plan --delete service/shop/wbe', /did you mean web\?/],
  [
    runPlan,
    'plan --delete bgppeer/tor-lft',
    /there is no BGPPeer tor-lft to delete; did you mean tor-left\?/,
  ],
  [runPlan, 'plan --delete l2advertisement/everyday', /did you mean ipaddresspool\/everyday\?/],
  [runPlan, 'plan --delete bgppeer/uplinks', /did you mean bgpadvertisement\/uplinks\?/],
];

const WORDS: readonly Row[] = [
  [runExplain, 'explain servce web', /did you mean service\?/],
  [runMigrate, 'migrate metalb', /did you mean metallb\?/],
  [runCrds, 'crds ipaddresspol', /did you mean ipaddresspools\?/],
  [runCompletion, 'completion bsh', /did you mean bash\?/],
  [bgp, 'bgp peer', /did you mean bgp peers\?/],
  [runL2, 'l2 owner', /did you mean l2 owners\?/],
  [runCalico, 'calico int', /did you mean calico init\?/],
];

for (const [title, rows] of [
  ['of a cluster', LIVE],
  ['of a command line', WORDS],
] as const) {
  describe(`a name that does not exist, ${title}`, () => {
    for (const [run, line, says] of rows) {
      it(`berth ${line}`, async (test) => {
        const target =
          rows === LIVE ? ['--kubeconfig', await startLiveCluster(test, { objects: OBJECTS })] : [];
        const args = line.split(' ').slice(1);
        const { code, out, err } = await runCommand(run, [...args, ...target], { clock: systemClock });
        assert.match(err.replaceAll(/\s+/g, ' '), says, out);
        assert.ok(code === 1 || code === 2, String(code));
        assert.equal(out, '');
      });
    }
  });
}

describe('in every command', () => {
  for (const [name, command] of Object.entries(COMMANDS)) {
    const tables = isGroup(command) ? Object.values(command.subcommands) : [command];
    for (const { flags, name: own } of tables.map((one) => ({
      flags: flagsOf(one),
      name: one.name ?? name,
    }))) {
      it(`${own}: a misspelled flag, and a misspelled choice, is named with the right one`, () => {
        for (const [flag, { choices, kind }] of Object.entries(flags)) {
          const swapped = `${flag.slice(0, -2)}${flag.at(-1)}${flag.at(-2)}`;
          const parsed = parseFlags(flags, [`--${swapped}=x`], {});
          if (!(swapped in flags)) assert.ok(!parsed.ok && /did you mean --/.test(parsed.error.join()), flag);
          for (const choice of (choices ?? []).filter((one) => one.length > 2)) {
            const wrong = parseFlags(flags, [`--${flag}=${choice.slice(0, -1)}`], {});
            assert.ok(!wrong.ok && /did you mean/.test(wrong.error.join()), `${flag} ${kind} ${choice}`);
          }
        }
      });

      it(`${own}: of a flag that takes one value and is given twice, the last one counts`, () => {
        for (const [flag, { kind, choices }] of Object.entries(flags)) {
          if (kind === 'texts' || kind === 'switch') continue;
          const [first, last] = {
            text: choices === undefined ? ['a', 'b'] : [choices[0] ?? '', choices.at(-1) ?? ''],
            number: ['1', '2'],
            duration: ['1s', '2s'],
          }[kind];
          const twice = parseFlags(flags, [`--${flag}=${first}`, `--${flag}=${last}`], {});
          const once = parseFlags(flags, [`--${flag}=${last}`], {});
          assert.deepEqual(twice, once, flag);
        }
      });
    }
  }
});

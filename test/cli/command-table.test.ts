/** Every command suggests the name that was probably meant: commands, flags, values of flags, and names of objects. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseFlags } from '../../src/base/flags.ts';
import { closestMatch } from '../../src/base/text.ts';
import { runBgp } from '../../src/cli/bgp/run.ts';
import { runCalico } from '../../src/cli/calico/run.ts';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { runCompletion } from '../../src/cli/completion/run.ts';
import { runConvert } from '../../src/cli/convert/run.ts';
import { runCrds } from '../../src/cli/crds/run.ts';
import { runDoctor } from '../../src/cli/doctor/run.ts';
import { runExplain } from '../../src/cli/explain/run.ts';
import { unknownCommandText } from '../../src/cli/framework/command-names.ts';
import { isGroup } from '../../src/cli/framework/group.ts';
import { runL2 } from '../../src/cli/l2/run.ts';
import { runMigrate } from '../../src/cli/migrate/run.ts';
import { runPlan } from '../../src/cli/plan/run.ts';
import { oneService, settledHarness } from '../speaker/support/speaker-harness.ts';
import { CLUSTER } from './support/cluster-manifests.ts';
import { type CommandRunner, runCommand } from './support/run-command.ts';
import { runBgpAgainst, startStatusServer } from './support/status-servers.ts';

/** Two letters exchanged, the most frequent typo; null for a text where that gives the same or another of `names`. */
function misspell(text: string, names: readonly string[]): string | null {
  for (let at = text.length - 2; at > 0; at--) {
    const wrong = `${text.slice(0, at)}${text[at + 1]}${text[at]}${text.slice(at + 2)}`;
    if (!names.includes(wrong) && closestMatch(wrong, names) === text) return wrong;
  }
  return null;
}

const ALL = Object.values(COMMANDS).flatMap((command) =>
  isGroup(command) ? Object.values(command.subcommands) : [command],
);

describe('did you mean', () => {
  for (const { name, flags } of ALL) {
    it(`${name}: every flag, and every value of a flag that has a list of them`, () => {
      const names = Object.keys(flags);
      let checked = 0;
      for (const [flag, { choices = [] }] of Object.entries(flags)) {
        const wrong = misspell(flag, names);
        if (wrong !== null) {
          const parsed = parseFlags(flags, [`--${wrong}`, 'x'], {});
          assert.ok(!parsed.ok);
          assert.ok(parsed.error[0]?.endsWith(`did you mean --${flag}?`), parsed.error[0]);
          checked++;
        }
        for (const choice of choices.filter((one) => one.length > 2)) {
          const wrongValue = misspell(choice, choices);
          if (wrongValue === null) continue;
          const parsed = parseFlags(flags, [`--${flag}`, wrongValue], {});
          assert.ok(!parsed.ok);
          assert.ok(parsed.error[0]?.endsWith(`: did you mean ${choice}?`), parsed.error[0]);
          checked++;
        }
      }
      assert.ok(checked > 0 || names.length === 0, 'nothing was misspelt');
    });
  }

  it('every command', () => {
    // Two letters have no neighbours to exchange inside.
    for (const name of Object.keys(COMMANDS).filter((one) => one.length > 2)) {
      const wrong = misspell(name, Object.keys(COMMANDS));
      assert.ok(wrong !== null, name);
      assert.ok(unknownCommandText('berth', wrong).endsWith(`did you mean ${name}?`));
    }
  });

  for (const [group, run] of [
    ['bgp', runBgp],
    ['calico', runCalico],
  ] as const) {
    const command = COMMANDS[group];
    assert.ok(command !== undefined && isGroup(command));
    for (const name of Object.keys(command.subcommands)) {
      it(`${group} ${name}`, async () => {
        const wrong = misspell(name, Object.keys(command.subcommands));
        assert.ok(wrong !== null);
        const { code, err } = await runCommand(run, [wrong]);
        assert.deepEqual(
          [code, err.split('\n')[0]?.endsWith(`did you mean ${group} ${name}?`)],
          [2, true],
          err,
        );
      });
    }
  }

  const rows: readonly [
    says: string,
    run: CommandRunner,
    args: readonly string[],
    stdin: string,
    err: RegExp,
  ][] = [
    ['a Service', runExplain, ['service', 'shop/wbe', '-f', '-'], CLUSTER, /did you mean web\?/],
    ['its namespace', runExplain, ['service', 'shpo/web', '-f', '-'], CLUSTER, /did you mean shop\/web\?/],
    ['a topic', runExplain, ['adress', '192.0.2.1', '-f', '-'], CLUSTER, /did you mean address\?/],
    [
      'a kind in a file',
      runExplain,
      ['service', 'shop/web', '-f', '-'],
      `${CLUSTER}---\napiVersion: metallb.io/v1beta1\nkind: IPAdressPool\nmetadata: {name: x}\n`,
      /kind IPAdressPool is unknown and ignored: did you mean IPAddressPool\?/,
    ],
    [
      'a kind in a file of doctor',
      runDoctor,
      ['-f', '-'],
      'apiVersion: projectcalico.org/v3\nkind: BGPPer\nmetadata: {name: x}\n',
      /did you mean BGPPeer\?/,
    ],
    [
      'a pool to delete',
      runPlan,
      ['--delete', 'pool/frist', '--cluster', '-'],
      CLUSTER,
      /did you mean first\?/,
    ],
    [
      'a Service to delete',
      runPlan,
      ['--delete', 'svc/shop/wbe', '--cluster', '-'],
      CLUSTER,
      /did you mean web\?/,
    ],
    [
      'a kind to delete',
      runPlan,
      ['--delete', 'sevice/web', '--cluster', '-'],
      CLUSTER,
      /did you mean service\?/,
    ],
    ['what to migrate from', runMigrate, ['metalb'], '', /did you mean metallb\?/],
    ['a namespace of -n', runExplain, ['service', '-n', 'shpo', '-f', '-'], CLUSTER, /did you mean shop\?/],
    ['a Service by layer 2', runL2, ['why', 'shop/wbe', '-f', '-'], CLUSTER, /did you mean web\?/],
    ['a CRD', runCrds, ['bgppeer5'], '', /did you mean bgppeers\?/],
    ['a shell', runCompletion, ['bsah'], '', /did you mean bash\?/],
    [
      'a field of a case of the speakers',
      runBgp,
      ['model', '-f', '-'],
      '{"objcets": []}',
      /did you mean objects\?/,
    ],
    ['a field of a case of Calico', runCalico, ['model', '-f', '-'], '{"thne": []}', /did you mean then\?/],
    [
      'a field of the old configuration',
      runConvert,
      ['-f', '-'],
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\ndata: {config: "address-pols: []"}\n',
      /did you mean "address-pools"\?/,
    ],
  ];
  for (const [says, run, args, stdin, err] of rows) {
    it(says, async () => {
      const ran = await runCommand(run, args, { stdin });
      assert.match(`${ran.err}${ran.out}`, err);
    });
  }

  it('a peer, a Service and a namespace, of the speakers', async (test) => {
    const url = await startStatusServer(test, await settledHarness(...oneService()), 'n1');
    const routes = await runBgpAgainst(['routes', '--peer', 'r11'], [url]);
    assert.deepEqual(
      [routes.code, routes.err],
      [1, 'berth bgp routes: no speaker has a session of a BGPPeer r11: did you mean r1?\n'],
    );
    assert.match((await runBgpAgainst(['why', 'web/ab'], [url])).out, /\nFix: did you mean a\?\n/);
    assert.match((await runBgpAgainst(['why', 'wbe/a'], [url])).out, /\nFix: did you mean web\/a\?\n/);
  });
});

/** What every command that judges does where nothing of the cluster can be read: it fails, says why, and calls nothing fine. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runBgp } from '../../src/cli/bgp/run.ts';
import { runDoctor } from '../../src/cli/doctor/run.ts';
import { runExplain } from '../../src/cli/explain/run.ts';
import { runL2 } from '../../src/cli/l2/run.ts';
import { runMigrate } from '../../src/cli/migrate/run.ts';
import { runPlan } from '../../src/cli/plan/run.ts';
import { runReport } from '../../src/cli/report/run.ts';
import { runStatus } from '../../src/cli/status/run.ts';
import { systemClock } from '../../src/workqueue/system-clock.ts';
import { respondJson, startLoopback, statusBody } from '../kube/support/loopback-server.ts';
import { type CommandRunner, runCommand } from './support/run-command.ts';
import { createTempFolder } from './support/temp-folder.ts';

const bgp: CommandRunner = (args, context) => runBgp(args, context, () => new AbortController().signal);

const COMMANDS: readonly [name: string, run: CommandRunner, args: readonly string[]][] = [
  ['status', runStatus, []],
  ['doctor', runDoctor, []],
  ['explain service', runExplain, ['service', 'shop/web']],
  ['explain service -A', runExplain, ['service', '-A']],
  ['explain address', runExplain, ['address', '192.0.2.1']],
  ['plan --delete', runPlan, ['--delete', 'ipaddresspool/a']],
  ['bgp peers', bgp, ['peers']],
  ['bgp routes', bgp, ['routes']],
  ['bgp why', bgp, ['why', 'shop/web']],
  ['l2 owners', runL2, ['owners']],
  ['l2 why', runL2, ['why', 'shop/web']],
  ['l2 rebalance', runL2, ['rebalance']],
  ['migrate', runMigrate, ['metallb']],
  ['migrate --back', runMigrate, ['metallb', '--back']],
  ['report', runReport, []],
];

const refusal =
  (status: number) =>
  (response: ServerResponse): void =>
    respondJson(response, status, statusBody(status, 'Refused', 'no'));

const ANSWERS: readonly [what: string, answer: (response: ServerResponse) => void, says: RegExp][] = [
  ['an expired token', refusal(401), /401/],
  ['no rights', refusal(403), /403|you may not/],
  ['a failing API server', refusal(500), /500/],
  ['a server of something else', refusal(404), /404|it has no objects/],
  ['a page of a login', (response) => void response.end('<html>'), /is not a JSON object/],
  ['a connection that is closed', (response) => void response.destroy(), /was closed by the other side/],
];

/** What no command may say of a cluster that it has not seen. */
const FINE =
  /no errors|no problem|nothing in use|nothing is in the way|No address in use|keeps? their address|install the CRDs/;

for (const [what, answer, says] of ANSWERS) {
  describe(`with ${what}`, () => {
    for (const [name, run, args] of COMMANDS) {
      it(`berth ${name} fails, and says why`, async (test) => {
        const api = await startLoopback(test, (_, response) => answer(response));
        const folder = createTempFolder(test, {
          kubeconfig: JSON.stringify({
            ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
            clusters: [{ name: 'c', cluster: { server: api.url } }],
            users: [{ name: 'u', user: { token: 't' } }],
            contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
          }),
        });
        const own = run === runReport ? ['--to', join(folder, 'report.tar.gz')] : [];
        const line = [...args, ...own, '--kubeconfig', join(folder, 'kubeconfig')];
        const { code, out, err } = await runCommand(run, line, { clock: systemClock });
        assert.equal(code, 1, out + err);
        const printed = (out + err).replaceAll(/\s+/g, ' ');
        assert.match(printed, says);
        const sentences = printed.match(/ cannot be (?:read|listed): /g) ?? [];
        assert.ok(sentences.length <= 1, `says the cause ${sentences.length} times:\n${out}${err}`);
        assert.doesNotMatch(out + err, FINE);
      });
    }
  });
}

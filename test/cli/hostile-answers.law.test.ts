/** No character of a speaker, a router, a file or an argument steers a terminal or hides text. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { runBgp } from '../../src/cli/bgp/run.ts';
import { runCalico } from '../../src/cli/calico/run.ts';
import { runCompletion } from '../../src/cli/completion/run.ts';
import { runConvert } from '../../src/cli/convert/run.ts';
import { runCrds } from '../../src/cli/crds/run.ts';
import { runMigrate } from '../../src/cli/migrate/run.ts';
import { runVersion } from '../../src/cli/version/run.ts';
import { respondJson, startLoopback } from '../kube/support/loopback-server.ts';
import { oneService, settledHarness } from '../speaker/support/speaker-harness.ts';
import { seeded, seeds } from '../support/random.ts';
import { BASE_FLAGS } from './support/calico-init.ts';
import { CLUSTER } from './support/cluster-manifests.ts';
import { assertPrintsNoControls, type HostileRun, hostileText, spoil } from './support/hostile-text.ts';
import { clusterWithDownSession, documentFor, viewOf } from './support/status-servers.ts';

const LIMIT = { timeout: 240_000 };

const caseFile = (name: string): unknown => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
const CALICO_CASE = caseFile('../calico/support/cases/006-setup-b-mesh-on-leak.json');
const SPEAKER_CASE = caseFile('../announce/support/cases/communities-values-and-aliases.json');

const OUTPUTS = ['text', 'json', 'yaml'] as const;

/** An UPDATE whose unknown attribute holds the text, in hexadecimal as `berth bgp decode` reads it. */
function updateWith(text: string): string {
  const attribute = Buffer.from(text);
  const attributes = Buffer.concat([Buffer.from([0xc0, 0xfa, attribute.length]), attribute]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(attributes.length);
  const body = Buffer.concat([Buffer.from([2, 0, 0]), length, attributes]);
  const total = Buffer.alloc(2);
  total.writeUInt16BE(18 + body.length);
  return Buffer.concat([Buffer.alloc(16, 0xff), total, body]).toString('hex');
}

/** Cease / Administrative Shutdown with a communication (RFC 9003). */
function notificationWith(text: string): string {
  const communication = Buffer.from(text);
  const body = Buffer.concat([Buffer.from([3, 6, 2, communication.length]), communication]);
  return Buffer.concat([Buffer.alloc(16, 0xff), Buffer.from([0, 18 + body.length]), body]).toString('hex');
}

describe('hostile answers and arguments', LIMIT, () => {
  for (const seed of seeds(4, 40)) {
    it(`of speakers are shown without a control character, SEED=${seed}`, async (test) => {
      const random = seeded(seed);
      const text = hostileText(random);
      const harnesses = [
        await settledHarness(...oneService()),
        await clusterWithDownSession(`no route${text}`),
      ];
      let escaped = 0;
      for (const harness of harnesses) {
        const view = viewOf(harness, 'n1');
        const { url } = await startLoopback(test, ({ url: path }, response) =>
          respondJson(response, 200, spoil(documentFor(view, path) ?? {}, text, random) as object),
        );
        for (const words of [['peers'], ['routes'], ['why', 'shop/web'], ['why', `shop/web${text}`]]) {
          for (const output of OUTPUTS) {
            const args = [...words, '--speaker', url, '-o', output];
            escaped += (await assertPrintsNoControls({ run: runBgp, args })) ? 1 : 0;
          }
        }
      }
      assert.ok(escaped > 0, 'no hostile text was printed at all');
    });

    it(`of files and arguments are shown without a control character, SEED=${seed}`, async () => {
      const random = seeded(seed);
      const text = hostileText(random);
      const spoiled = (value: unknown): string => JSON.stringify(spoil(value, text, random));
      const legacy = JSON.stringify({
        'address-pools': [
          { name: `lan${text}`, protocol: `layer2${text}`, addresses: [`10.1.0.0/24`, text] },
        ],
        [`peers${text}`]: [{ 'peer-address': text }],
      });
      const runs: readonly HostileRun[] = [
        { run: runBgp, args: ['model', '-f', '-'], stdin: spoiled(SPEAKER_CASE) },
        { run: runBgp, args: ['model', '-f', `no-such-file${text}`] },
        { run: runBgp, args: [`model${text}`] },
        ...OUTPUTS.map((output) => ({
          run: runBgp,
          args: ['decode', '-o', output],
          stdin: `${updateWith(text)}\n${notificationWith(text)}\n`,
        })),
        { run: runBgp, args: ['decode'], stdin: `ff${text}` },
        { run: runBgp, args: ['dial', `10.0.0.1${text}`, '--as', text] },
        { run: runCalico, args: ['model', '-f', '-'], stdin: spoiled(CALICO_CASE) },
        { run: runCalico, args: ['init', ...BASE_FLAGS, '--router', `10.0.0.2=${text}`] },
        { run: runCalico, args: ['init', ...BASE_FLAGS, '--password-secret', `a/b${text}`] },
        { run: runCalico, args: ['router', ...BASE_FLAGS, '--neighbours', text, '--password', `a${text}`] },
        {
          run: runCalico,
          args: ['router', ...BASE_FLAGS, '--neighbours', '10.0.0.0/24', '--password', `a${text}`],
        },
        { run: runConvert, args: ['-f', '-'], stdin: legacy },
        { run: runConvert, args: ['-f', '-'], stdin: `a: [${text}` },
        { run: runConvert, args: ['-f', `/nowhere/${text}`] },
        {
          run: runMigrate,
          args: ['metallb', '-f', '-'],
          stdin: `${CLUSTER}\n---\n${spoiled({ kind: 'Service', apiVersion: 'v1', metadata: { name: 'a' } })}`,
        },
        { run: runMigrate, args: [`metallb${text}`] },
        { run: runMigrate, args: ['metallb', `--${text}`] },
        { run: runCompletion, args: [text] },
        { run: runCrds, args: [text] },
        { run: runVersion, args: [text] },
      ];
      let escaped = 0;
      for (const run of runs) escaped += (await assertPrintsNoControls(run)) ? 1 : 0;
      assert.ok(escaped > 0, 'no hostile text was printed at all');
    });
  }
});

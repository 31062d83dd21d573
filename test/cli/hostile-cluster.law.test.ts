/**
 * No character of an object or an answer of a live cluster steers a terminal or hides text: for every command that reads one. A new
 * command with `--kubeconfig` fails here until it is listed.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { strFromU8, unzipSync } from 'fflate';
import { fieldsOf, type Raw } from '../../src/base/json.ts';
import { runBgp } from '../../src/cli/bgp/run.ts';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { runDoctor } from '../../src/cli/doctor/run.ts';
import { runExplain } from '../../src/cli/explain/run.ts';
import { isGroup } from '../../src/cli/framework/group.ts';
import { runL2 } from '../../src/cli/l2/run.ts';
import { runMigrate } from '../../src/cli/migrate/run.ts';
import { runPlan } from '../../src/cli/plan/run.ts';
import { runReport } from '../../src/cli/report/run.ts';
import { runStatus } from '../../src/cli/status/run.ts';
import { type Random, seeded, seeds } from '../support/random.ts';
import { CROWDED } from './support/crowded-cluster.ts';
import { assertNoControls, assertPrintsNoControls, hostileText, spoil } from './support/hostile-text.ts';
import { startLiveCluster } from './support/live-cluster.ts';
import type { CommandRunner } from './support/run-command.ts';

const LIMIT = { timeout: 240_000 };
const OUTPUTS = ['text', 'json', 'yaml'] as const;

/** Commands with an output format, by name, and their operands. */
const READERS: readonly (readonly [name: string, run: CommandRunner, words: readonly string[]])[] = [
  ['status', runStatus, []],
  ['status', runStatus, ['-n', 'shop']],
  ['status', runStatus, ['-A']],
  ['l2', runL2, ['owners']],
  ['l2', runL2, ['why', 'shop/edge']],
  ['l2', runL2, ['why', 'shop/none']],
  ['l2', runL2, ['rebalance']],
  ['migrate', runMigrate, ['metallb']],
  ['migrate', runMigrate, ['metallb', '--back']],
  ['doctor', runDoctor, []],
  ['explain', runExplain, ['service', 'shop/edge']],
  ['explain', runExplain, ['service', '-A']],
  ['explain', runExplain, ['address', '192.0.2.1']],
  ['plan', runPlan, ['--delete', 'pool/main']],
  ['plan', runPlan, ['--delete', 'pool/none']],
  ['bgp', runBgp, ['peers']],
  ['bgp', runBgp, ['routes']],
  ['bgp', runBgp, ['why', 'shop/edge']],
];

/** Those that read a cluster and have no output format, and what shows the same of them. */
const ELSEWHERE = {
  report: 'the report, below',
  dashboard: 'test/http-server/dashboard-server.test.ts',
  playground: 'it has a cluster of its own, which it writes to a kubeconfig',
  controller: 'its logs and metrics: test/observe',
  speaker: 'its logs and metrics: test/observe',
};

const SAVED_KEY = 'saved.json';

/** Kind and version stay, so that the object is read at all; the content of a saved copy is spoiled as well. */
function spoilObject(raw: Raw, text: string, random: Random): Raw {
  const spoiled = fieldsOf(spoil(raw, text, random));
  const { apiVersion, kind, type, metadata } = raw;
  const kept = { ...spoiled, apiVersion, kind, ...(type === undefined ? {} : { type }) };
  const saved = fieldsOf(raw['data'])[SAVED_KEY];
  if (typeof saved !== 'string') return kept;
  const content: unknown = JSON.parse(Buffer.from(saved, 'base64').toString());
  const copy = Buffer.from(JSON.stringify(spoil(content, text, random))).toString('base64');
  return { ...kept, metadata, data: { [SAVED_KEY]: copy } };
}

it('each command that reads a live cluster is listed', () => {
  const live = Object.entries(COMMANDS).flatMap(([name, command]): readonly string[] => {
    if (!isGroup(command)) return 'kubeconfig' in command.flags ? [name] : [];
    const words = Object.entries(command.subcommands).filter(([, { flags }]) => 'kubeconfig' in flags);
    return words.map(([word]) => `${name} ${word}`);
  });
  const listed = READERS.map(([name, , [word = '']]) =>
    isGroup(COMMANDS[name as keyof typeof COMMANDS]) ? `${name} ${word}` : name,
  );
  assert.deepEqual([...live].sort(), [...new Set([...listed, ...Object.keys(ELSEWHERE)])].sort());
});

describe('a live cluster of hostile objects', LIMIT, () => {
  for (const seed of seeds(2, 30)) {
    it(`is shown without a control character, SEED=${seed}`, async (test) => {
      const random = seeded(seed);
      const text = hostileText(random);
      const kubeconfig = await startLiveCluster(test, {
        objects: CROWDED,
        serve: (raw) => spoilObject(raw, text, random),
        refusal: `no${text}`,
      });
      let escaped = 0;
      for (const [, run, words] of READERS) {
        for (const output of OUTPUTS) {
          const args = [...words, '--kubeconfig', kubeconfig, '-o', output];
          escaped += (await assertPrintsNoControls({ run, args })) ? 1 : 0;
        }
      }
      assert.ok(escaped > 0, 'no hostile text was printed at all');
    });

    it(`is put into a report without one, beside a hostile log, SEED=${seed}`, async (test) => {
      const random = seeded(seed);
      const text = hostileText(random);
      const kubeconfig = await startLiveCluster(test, {
        objects: CROWDED,
        serve: (raw) => spoilObject(raw, text, random),
        log: `speaking${text}\n${text}\n`,
        refusal: `no${text}`,
      });
      const to = join(dirname(kubeconfig), 'report.zip');
      await assertPrintsNoControls({ run: runReport, args: ['--kubeconfig', kubeconfig, '--to', to] });
      const files = Object.entries(unzipSync(readFileSync(to)));
      assert.ok(
        files.some(([name]) => name.startsWith('logs/')),
        'no log is in the report',
      );
      for (const [name, bytes] of files) {
        assertNoControls(name, 'the name of a file');
        assertNoControls(strFromU8(bytes).replaceAll('\t', ' '), name);
      }
    });

    it(`is named in an argument without one, SEED=${seed}`, async (test) => {
      const text = hostileText(seeded(seed));
      const kubeconfig = await startLiveCluster(test, { objects: CROWDED, refusal: `no${text}` });
      const rows: readonly (readonly [CommandRunner, readonly string[]])[] = [
        [runL2, ['why', `shop/edge${text}`]],
        [runL2, [`why${text}`]],
        [runL2, ['owners', '--lb-class', text]],
        [runMigrate, ['metallb', '--pool-namespace', `a${text}`]],
        [runReport, ['--to', `/nowhere${text}/x`]],
        [runReport, [`a${text}`]],
        [runReport, ['--kubeconfig', `/nowhere${text}`]],
      ];
      let escaped = 0;
      for (const [run, words] of rows) {
        const connection = words.includes('--kubeconfig') ? [] : ['--kubeconfig', kubeconfig];
        escaped += (await assertPrintsNoControls({ run, args: [...words, ...connection] })) ? 1 : 0;
      }
      assert.ok(escaped > 0, 'no hostile text was printed at all');
    });
  }
});

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Writable } from 'node:stream';
import { describe, it } from 'node:test';
import { root } from '../../dev/place.mjs';

/** A runner that calls a bad run good would hide every other fault, so it is tried on small runs of its own. */

type Row = readonly [
  says: string,
  files: Readonly<Record<string, string>>,
  want: { readonly code: number; readonly closing: string; readonly says?: RegExp },
];

const PASS = "it('passes', () => {});";
const FAIL = "it('fails', () => { throw new Error('as planned'); });";

/** It remembers beside itself that it ran. */
const FAILS_ONCE = `
  import { existsSync, writeFileSync } from 'node:fs';
  import { fileURLToPath } from 'node:url';
  const mark = fileURLToPath(import.meta.url) + '.ran';
  it('once', () => {
    if (existsSync(mark)) return;
    writeFileSync(mark, '');
    throw new Error('as planned');
  });`;

const rows: readonly Row[] = [
  [
    'passes a run whose tests pass, in suites and outside',
    { 'a.test.ts': `${PASS} describe('suite', () => { ${PASS} });`, 'b/c.test.ts': PASS },
    { code: 0, closing: '3 tests, 3 passed, 0 failed, 0 skipped' },
  ],
  [
    'counts a test that fails inside of a suite once',
    { 'a.test.ts': `describe('suite', () => { ${PASS} ${FAIL} });` },
    { code: 1, closing: '2 tests, 1 passed, 1 failed, 0 skipped' },
  ],
  [
    'fails if a hook fails',
    { 'a.test.ts': `describe('suite', () => { before(() => { throw new Error('hook'); }); ${PASS} });` },
    { code: 1, closing: '' },
  ],
  [
    'fails if a file throws outside of its tests',
    { 'a.test.ts': `${PASS} throw new Error('as planned');`, 'b.test.ts': PASS },
    { code: 1, closing: '' },
  ],
  [
    'fails if a file ends its process during a test',
    { 'a.test.ts': "it('leaves', async () => { process.exit(3); });", 'b.test.ts': PASS },
    { code: 1, closing: '' },
  ],
  ['fails if a file has a syntax error', { 'a.test.ts': 'it(', 'b.test.ts': PASS }, { code: 1, closing: '' }],
  [
    'fails if all tests are skipped, and prints the reason',
    { 'a.test.ts': `describe('suite', { skip: 'no parts' }, () => { ${PASS} });` },
    { code: 1, closing: '1 tests, 0 passed, 0 failed, 1 skipped' },
  ],
  [
    'passes if some tests are skipped and the others pass',
    { 'a.test.ts': `it('x', { skip: 'no parts' }, () => {}); ${PASS}` },
    { code: 0, closing: '2 tests, 1 passed, 0 failed, 1 skipped' },
  ],
  [
    'passes if a file fails once, and passes by itself, and names it',
    { 'a.test.ts': FAILS_ONCE, 'b.test.ts': PASS },
    {
      code: 0,
      closing: '2 tests, 2 passed, 0 failed, 0 skipped',
      says: /^UNSTEADY: .*\nFAILED {2}\S+a\.test\.ts: once$/m,
    },
  ],
  [
    'fails if more files fail than a busy machine explains',
    Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`${name}.test.ts`, FAILS_ONCE])),
    { code: 1, closing: '4 tests, 0 passed, 4 failed, 0 skipped' },
  ],
  ['fails if there are no files', {}, { code: 1, closing: '0 tests, 0 passed, 0 failed, 0 skipped' }],
  [
    'runs light, heavy and patient files, each once',
    { 'e2e/a.test.ts': PASS, 'b.test.ts': PASS, 'e2e/calico/c.test.ts': PASS, 'e2e/calico/d.test.ts': PASS },
    { code: 0, closing: '4 tests, 4 passed, 0 failed, 0 skipped' },
  ],
];

describe('the runner', { concurrency: 2 }, () => {
  for (const [says, files, want] of rows) {
    it(says, async () => {
      const { code, stdout } = await runOn(files);
      const closing = stdout.trimEnd().split('\n').at(-1) ?? '';
      assert.match(closing, /^Node \S+: \d+ tests, \d+ passed, \d+ failed, \d+ skipped, [\d.]+ s$/);
      assert.ok(closing.includes(want.closing), stdout);
      assert.equal(code, want.code, stdout);
      assert.match(stdout, want.says ?? /^/);
      if (want.code === 1 && Object.keys(files).length > 0 && !says.includes('skipped'))
        assert.match(stdout, /^FAILED {2}\S+a\.test\.ts: /m);
    });
  }

  it('ends with the process that started it', async () => {
    const hanging = { 'a.test.ts': "it('hangs', () => new Promise(() => setInterval(() => {}, 1000)));" };
    const { code, stdout } = await runOn(hanging, (stdin) => stdin.end());
    assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
  });
});

type Ran = { readonly code: number | null; readonly stdout: string };

/** Runs the runner on files that exist for as long as that takes; `leash` holds its standard input from its start. */
async function runOn(
  files: Readonly<Record<string, string>>,
  leash = (_stdin: Writable): void => {},
): Promise<Ran> {
  const folder = mkdtempSync(join(root, '.cache-runner-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(
        join(folder, path),
        `import { before, describe, it } from 'node:test';\nvoid before;\n${text}\n`,
      );
    }
    const { NODE_TEST_CONTEXT: _, ...env } = process.env; // or it would take itself for a test file and run nothing
    const args = ['--enable-source-maps', 'dev/testing/runner.mjs', `--under=${relative(root, folder)}`];
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['pipe', 'pipe', 'inherit'] });
    leash(child.stdin);
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    const [code] = await once(child, 'close');
    return { code, stdout };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

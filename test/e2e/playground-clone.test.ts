/** What somebody meets who has just cloned this, with Node and nothing else: `npm start`. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../../dev/place.mjs';

const SET_UP_WITHIN_MS = 300_000;

const skip = existsSync(join(root, '.git')) ? false : 'this is no clone to make another one of';

/** No Go, no kubectl, no apt. */
const PROGRAMS = ['node', 'npm', 'sh', 'env'];

const find = (program: string): string => {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const paths = folders.map((folder) => join(folder, program));
  return program === 'node' ? process.execPath : (paths.find((path) => existsSync(path)) ?? program);
};

describe('npm start in a fresh clone', { skip }, () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'berth-clone-'));
    execFileSync('git', ['clone', '--quiet', '--depth', '1', `file://${root}`, join(folder, 'berth')]);
    for (const place of ['bin', 'tmp']) mkdirSync(join(folder, place));
    for (const program of PROGRAMS) symlinkSync(find(program), join(folder, 'bin', program));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const start = (...args: readonly string[]) =>
    spawnSync(join(folder, 'bin', 'npm'), ['start', '--', ...args], {
      cwd: join(folder, 'berth'),
      encoding: 'utf8',
      timeout: SET_UP_WITHIN_MS,
      env: {
        // npm's own settings are there: where packages come from, and how.
        ...(process.env['HOME'] === undefined ? {} : { HOME: process.env['HOME'] }),
        PATH: join(folder, 'bin'),
        TMPDIR: join(folder, 'tmp'),
      },
    });

  it('sets itself up, settles, shows its table, and ends with 0', () => {
    const { status, stdout, stderr } = start('--once');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^SERVICE +WISH +ADDRESS +POOL +ROUTER$/m);
    assert.match(stdout, /^shop\/web +IPv4 +192\.0\.2\.10 +everyday +10\.10\.0\.1 via w1 w2 w3$/m);
    assert.match(stdout, /^Every Service that should have an address has one; 1 is meant to have none\.$/m);
    assert.match(stderr, /Installing npm packages \.\.\.[\s\S]*Built dist\/berth\.mjs/);
    assert.deepEqual(
      readdirSync(join(folder, 'tmp')).filter((name) => name.startsWith('berth-')),
      [],
    );
  });

  it('is quicker the next time, and ends with 1 when a Service goes without', () => {
    const { status, stdout, stderr } = start('--once', '-f', 'examples/playground/3-services.yaml');
    assert.equal(status, 1, stdout);
    assert.match(stderr, /3-services\.yaml:\d+: Service "web" was refused: namespaces "shop" not found/);
    assert.doesNotMatch(stderr, /Installing|Built/);
  });
});

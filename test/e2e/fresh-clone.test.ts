/** Every way to begin, each in a fresh clone of its own, with Node and nothing else: no packages, no build, no Go, no apt. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../../dev/place.mjs';

const SET_UP_WITHIN_MS = 900_000;

const skip = existsSync(join(root, '.git')) ? false : 'this is no clone to make another one of';

const PROGRAMS = ['node', 'npm', 'sh', 'env'];

const find = (program: string): string => {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const paths = folders.map((folder) => join(folder, program));
  return program === 'node' ? process.execPath : (paths.find((path) => existsSync(path)) ?? program);
};

class Clone {
  readonly folder = mkdtempSync(join(tmpdir(), 'berth-clone-'));
  readonly path = join(this.folder, 'berth');

  constructor() {
    execFileSync('git', ['clone', '--quiet', '--depth', '1', `file://${root}`, this.path]);
    for (const place of ['bin', 'tmp']) mkdirSync(join(this.folder, place));
    for (const program of PROGRAMS) symlinkSync(find(program), join(this.folder, 'bin', program));
  }

  run(program: string, ...args: readonly string[]) {
    return spawnSync(program, args, {
      cwd: this.path,
      encoding: 'utf8',
      timeout: SET_UP_WITHIN_MS,
      env: {
        // npm's own settings are there: where packages come from, and how.
        ...(process.env['HOME'] === undefined ? {} : { HOME: process.env['HOME'] }),
        PATH: join(this.folder, 'bin'),
        TMPDIR: join(this.folder, 'tmp'),
        // Only so that a run of tests does not ask a registry five times for the same.
        npm_config_prefer_offline: 'true',
      },
    });
  }

  npm(...args: readonly string[]) {
    return this.run(join(this.folder, 'bin', 'npm'), ...args);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Without it sessions with passwords, and those with TTL security, fail. */
  assertNativePart(place = join(this.path, 'dist'), expected = 1): void {
    const files = readdirSync(place, { recursive: true, encoding: 'utf8' });
    const parts = files.filter((name) => name.endsWith('.node'));
    assert.equal(parts.length, expected, `${place} holds ${parts.length} native parts`);
  }
}

describe('npm start in a fresh clone', { skip }, () => {
  let clone: Clone;
  before(() => {
    clone = new Clone();
  });
  after(() => clone.remove());

  const start = (...args: readonly string[]) => clone.npm('start', '--', ...args);

  it('sets itself up, settles, shows its table, and ends with 0', () => {
    const { status, stdout, stderr } = start('--once');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^SERVICE +REQUEST +ADDRESS +POOL +ROUTER$/m);
    assert.match(stdout, /^shop\/web +IPv4 +192\.0\.2\.10 +everyday +10\.10\.0\.1 via w1 w2 w3$/m);
    assert.match(stdout, /^Every Service that should have an address has one; 1 is meant to have none\.$/m);
    assert.match(stderr, /Installing npm packages \.\.\.[\s\S]*Built dist\/berth\.mjs/);
    assert.deepEqual(
      readdirSync(join(clone.folder, 'tmp')).filter((name) => name.startsWith('berth-')),
      [],
    );
  });

  it('builds the native part in, so that tests which take this build for fresh find it', () => {
    clone.assertNativePart();
  });

  it('is quicker the next time, and ends with 1 when a Service goes without', () => {
    const { status, stdout, stderr } = start('--once', '-f', 'examples/playground/3-services.yaml');
    assert.equal(status, 1, stdout);
    assert.match(stderr, /3-services\.yaml:\d+: Service "web" was refused: namespaces "shop" not found/);
    assert.doesNotMatch(stderr, /Installing|Built/);
  });

  it('builds again where other packages are installed than those it was built with', () => {
    rmSync(join(clone.path, 'node_modules'), { recursive: true });
    const { status, stderr } = start('--once');
    assert.equal(status, 0, stderr);
    assert.match(stderr, /Installing npm packages \.\.\.[\s\S]*Built dist\/berth\.mjs/);
  });

  it('refuses to build without the native part, and says what to do', () => {
    rmSync(join(clone.path, 'node_modules/@koromix'), { recursive: true });
    rmSync(join(clone.path, 'dist'), { recursive: true });
    const { status, stderr } = clone.npm('run', 'build');
    assert.notEqual(status, 0);
    assert.match(
      stderr,
      /The native part of koffi is not installed: node_modules\/@koromix\/\S+ is missing\. Run "npm ci"/,
    );
  });
});

/** What is typed, and where the program is then to be found. */
const beginnings: readonly {
  readonly args: readonly string[];
  readonly program: string;
  readonly status?: number;
}[] = [
  { args: ['run', 'build'], program: 'dist/berth.mjs' },
  // An unknown one: what it needs is set up before it looks for it.
  { args: ['run', 'bench', '--', 'no-such-bench'], program: 'dist/berth.mjs', status: 2 },
  { args: ['install', '--global', '--prefix', 'installed', '.'], program: 'installed/bin/kubectl-berth' },
];

for (const { args, program, status = 0 } of beginnings)
  describe(`npm ${args.join(' ')} in a fresh clone`, { skip }, () => {
    it('sets itself up and gives a whole program', () => {
      const clone = new Clone();
      try {
        const began = clone.npm(...args);
        assert.equal(began.status, status, began.stderr);
        clone.assertNativePart();
        const ran = clone.run(process.execPath, join(clone.path, program), 'version');
        assert.equal(ran.status, 0, ran.stderr);
        assert.match(ran.stdout, /^\d+\.\d+\.\d+\n$/);
      } finally {
        clone.remove();
      }
    });
  });

describe('npm pack in a fresh clone', { skip }, () => {
  it('packs a whole program', () => {
    const clone = new Clone();
    try {
      const packed = clone.npm('pack', '--json');
      assert.equal(packed.status, 0, packed.stderr);
      const archive = readdirSync(clone.path).find((name) => name.endsWith('.tgz'));
      assert.ok(archive);
      execFileSync('tar', ['xzf', archive, '-C', clone.folder], { cwd: clone.path });
      // Two architectures with two C libraries each.
      clone.assertNativePart(join(clone.folder, 'package'), 4);
      const ran = clone.run(process.execPath, join(clone.folder, 'package/dist/berth.mjs'), 'version');
      assert.equal(ran.status, 0, ran.stderr);
      assert.match(ran.stdout, /^\d+\.\d+\.\d+\n$/);
    } finally {
      clone.remove();
    }
  });
});

/** The npm package: installed from its file alone, as on a machine without a registry, a compiler and devDependencies. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { NEWER_NODES, OLDEST_NODE, otherNodes } from '../../dev/parts/nodes.mjs';
import { root } from '../../dev/place.mjs';

const full = process.env['BERTH_FULL'] === '1';
const PROGRAMS = ['berth', 'kubectl-berth'];

type Manifest = {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly dependencies?: object;
  readonly scripts: Readonly<Record<string, string>>;
};

/** What npm would run on the machine of whoever installs. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall'];

const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

const nodes: (string | { readonly version: string; readonly node: string })[] = [
  { version: process.version, node: process.execPath },
];
if (full) {
  const others = await otherNodes([OLDEST_NODE, ...NEWER_NODES]);
  nodes.push(...(typeof others === 'string' ? [others] : others));
}

describe('the npm package', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'berth-npm-package-'));
  const prefix = join(scratch, 'prefix');
  const installed = join(prefix, 'lib/node_modules/berth');
  const { version } = readManifest(root);

  before(() => {
    execFileSync('npm', ['pack', '--pack-destination', scratch], { cwd: root, stdio: 'pipe' });
    // No registry is asked: --offline fails where a package is neither in the file nor in the cache, and the cache is empty.
    const alone = ['--offline', '--cache', join(scratch, 'cache'), '--prefix', prefix];
    execFileSync('npm', ['install', '--global', ...alone, join(scratch, `berth-${version}.tgz`)], {
      cwd: scratch,
      stdio: 'pipe',
    });
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  it('is for all versions of Node from the first one that is tried', () => {
    assert.equal(`>=${OLDEST_NODE}`, `${readManifest(installed).engines.node}.0`);
  });

  it('asks for no other package, and runs nothing when it is installed', () => {
    const { dependencies, scripts } = readManifest(installed);
    assert.deepEqual(dependencies ?? {}, {});
    assert.deepEqual(
      INSTALL_SCRIPTS.filter((name) => name in scripts),
      [],
    );
    assert.deepEqual(readdirSync(join(prefix, 'lib/node_modules')), ['berth']);
  });

  it('has what the program reads: the dashboard, the CRDs, the examples, licences', () => {
    for (const path of [
      ...['dist/web/index.html', 'dist/web/main.js', 'dist/deploy/crds', 'dist/examples/playground'],
      ...['LICENSE', 'README.md', 'CHANGELOG.md', 'deploy/layer2/kustomization.yaml'],
    ])
      assert.ok(existsSync(join(installed, path)), path);
  });

  it('has native code for both architectures and both C libraries, and no record of the build', () => {
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    const code = files.filter((path) => path.endsWith('.node')).sort();
    const scope = 'dist/node_modules/@koromix/koffi-linux';
    assert.deepEqual(
      code,
      ['arm64', 'x64'].flatMap((cpu) =>
        ['linux', 'musl'].map((libc) => `${scope}-${cpu}/${libc}_${cpu}/koffi.node`),
      ),
    );
    assert.deepEqual(
      files.filter((path) => path.endsWith('.inputs') || path.endsWith('.tar')),
      [],
    );
  });

  it('runs by npx from the file, without an installation and without a registry', () => {
    const file = join(scratch, `berth-${version}.tgz`);
    const alone = ['--offline', '--yes', '--cache', join(scratch, 'npx-cache')];
    const { status, stdout, stderr } = spawnSync(
      'npx',
      [...alone, '--package', file, '--', 'berth', 'version'],
      {
        cwd: scratch,
        encoding: 'utf8',
      },
    );
    assert.equal(status, 0, stderr);
    assert.match(stdout, new RegExp(`${version.replaceAll('.', '\\.')}$`, 'm'));
  });

  for (const one of nodes) {
    if (typeof one === 'string') {
      it('runs under the other Node majors', { skip: one });
      continue;
    }
    const run = (program: string, ...args: readonly string[]) =>
      spawnSync(one.node, [join(prefix, 'bin', program), ...args], {
        cwd: scratch,
        encoding: 'utf8',
        env: { PATH: '', HOME: scratch },
      });

    for (const program of PROGRAMS)
      it(`has a ${program} that runs under Node ${one.version}`, () => {
        const { status, stdout, stderr } = run(program, 'version');
        assert.equal(status, 0, stderr);
        assert.match(stdout, new RegExp(`(^|\\s)${version.replaceAll('.', '\\.')}$`, 'm'));
      });

    it(`plays the playground under Node ${one.version}`, () => {
      const { status, stdout, stderr } = run('berth', 'playground', '--once');
      assert.equal(status, 0, stderr);
      assert.match(stdout, /^shop\/web +IPv4 +192\.0\.2\.10 /m);
    });

    it(`loads its native code under Node ${one.version}`, () => {
      const order = ['--as', '64512', '--peer-as', '64513', '--router-id', '192.0.2.1', '--for', '1'];
      const { status, stderr } = run('berth', 'bgp', 'dial', '127.0.0.1:1', ...order, '--ttl-security', '1');
      assert.equal(status, 1, stderr);
      assert.match(stderr, /did not answer .* more hops away than TTL security allows/);
    });
  }
});

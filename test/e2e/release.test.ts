/** The folder of a release: whole, checked by its checksums, and equal to the byte when it is made again. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { packageVersion } from '../../dev/image/root.mjs';
import { root } from '../../dev/place.mjs';
import { CHECKSUMS, writeRelease } from '../../dev/release/folder.mjs';
import { MODES } from '../../dev/release/manifests.mjs';
import { bomComplaints } from '../dev/support/cyclonedx.ts';
import { findClient } from '../support/client-binaries.ts';
import { skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';

/** The full run makes both images, compressed: minutes. */
const full = process.env['BERTH_FULL'] === '1';
const REPOSITORY = 'registry.example/infra/berth';
const version = packageVersion();

const FILES = [
  ...[CHECKSUMS, 'LICENSES.txt', 'NOTES.md', ...MODES.map((mode) => `berth-${mode}.yaml`)],
  ...[`berth-chart-${version}.tgz`, `berth-npm-${version}.tgz`, `berth-npm-${version}.cdx.json`],
];
const IMAGES = ['.tar', '-amd64.cdx.json', '-arm64.cdx.json'].map((end) => `berth-image-${version}${end}`);

const helm = findClient('helm');
const skip = skipWithoutKubernetesBinaries() || (helm.isAvailable ? false : helm.reason);

describe('the folder of a release', { skip }, () => {
  const scratch = mkdtempSync(join(tmpdir(), 'berth-release-'));
  const first = join(scratch, 'first');
  const second = join(scratch, 'second');
  const read = (name: string): string => readFileSync(join(first, name), 'utf8');

  before(async () => {
    const architectures = full ? (['amd64', 'arm64'] as const) : [];
    for (const folder of [first, second])
      await writeRelease(folder, { repository: REPOSITORY, architectures });
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  it('has everything that is installed, and what describes it', () => {
    assert.deepEqual(readdirSync(first).sort(), [...FILES, ...(full ? IMAGES : [])].sort());
  });

  it('is equal to the byte when it is made again', () => {
    assert.equal(readFileSync(join(second, CHECKSUMS), 'utf8'), read(CHECKSUMS));
    for (const name of readdirSync(first))
      assert.ok(readFileSync(join(first, name)).equals(readFileSync(join(second, name))), name);
  });

  it('has archives whose files everybody may read, whatever the modes in the clone', () => {
    for (const name of [`berth-chart-${version}.tgz`, `berth-npm-${version}.tgz`]) {
      const list = execFileSync('tar', ['-tvzf', join(first, name)], { encoding: 'utf8' });
      const modes = new Set(list.split('\n').flatMap((line) => line.split(' ')[0] || []));
      for (const mode of modes) assert.match(mode, /^-rw-r--r--$|^.rwxr-xr-x$/, name);
    }
  });

  it('has checksums that sha256sum accepts, of all other files', () => {
    const checked = execFileSync('sha256sum', ['--check', CHECKSUMS], { cwd: first, encoding: 'utf8' });
    assert.equal(checked.trim().split('\n').length, readdirSync(first).length - 1);
  });

  it('has bills of materials that are valid documents of CycloneDX', async () => {
    const bills = readdirSync(first).filter((name) => name.endsWith('.cdx.json'));
    assert.equal(bills.length, full ? 3 : 1);
    for (const name of bills) assert.deepEqual(await bomComplaints(read(name)), [], name);
  });

  for (const mode of MODES)
    it(`has the objects of deploy/${mode} in one file, with the image named`, () => {
      const documents = parseAllDocuments(read(`berth-${mode}.yaml`)).map((one) => one.toJS());
      const workloads = documents.filter(({ kind }) => ['Deployment', 'DaemonSet'].includes(kind));
      const images = workloads.flatMap(({ spec }) =>
        spec.template.spec.containers.map(({ image }: { image: string }) => image),
      );
      const speakers = mode === 'native' || mode === 'layer2' ? 1 : 0;
      assert.deepEqual(images, Array(1 + speakers).fill(`${REPOSITORY}:${version}`));
      assert.equal(documents.filter(({ kind }) => kind === 'CustomResourceDefinition').length, 10);
    });

  it('has a chart that gives the same objects as the folder it is made of', () => {
    assert.ok(helm.isAvailable);
    const render = (chart: string): string =>
      execFileSync(
        helm.path,
        ['template', 'lb', chart, '--set', `mode=layer2,image.repository=${REPOSITORY}`],
        { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
      );
    const packed = render(join(first, `berth-chart-${version}.tgz`));
    assert.equal(packed, render(join(root, 'charts/berth')));
    assert.match(packed, /^kind: DaemonSet$/m);
  });

  it('has one version: that of the package', () => {
    const chart = parse(readFileSync(join(root, 'charts/berth/Chart.yaml'), 'utf8'));
    assert.deepEqual([chart.version, chart.appVersion], [version, version]);
    assert.ok(read('NOTES.md').startsWith(`# Berth ${version} `));
  });
});

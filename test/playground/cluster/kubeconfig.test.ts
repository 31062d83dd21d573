import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { restConfigFromKubeconfig } from '../../../src/kube/auth/kubeconfig.ts';
import { writeKubeconfig } from '../../../src/playground/cluster/kubeconfig.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';

const URL = 'http://127.0.0.1:12345';

describe('the kubeconfig', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'berth-kubeconfig-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('lies in a folder that only its owner sees, leads to the server, and goes with its folder', async () => {
    const written = await writeKubeconfig(URL, '');
    assert.ok(written.ok);
    const { path, remove } = written.value;
    assert.deepEqual([statSync(path).mode & 0o777, statSync(dirname(path)).mode & 0o777], [0o600, 0o700]);
    const target = await restConfigFromKubeconfig({ paths: [path], clock: systemClock });
    assert.ok(target.ok);
    assert.equal(target.value.server.href, `${URL}/`);
    await remove();
    assert.equal(existsSync(dirname(path)), false);
  });

  it('can be put where somebody wants it, and is removed from there', async () => {
    const path = join(folder, 'mine');
    const written = await writeKubeconfig(URL, path);
    assert.ok(written.ok && existsSync(path));
    await written.value.remove();
    assert.equal(existsSync(path), false);
  });

  it("is never written over somebody else's file", async () => {
    const path = join(folder, 'config');
    writeFileSync(path, 'precious');
    const written = await writeKubeconfig(URL, path);
    assert.deepEqual(written, {
      ok: false,
      error: `${path} is a file of somebody else's: name one that does not exist yet`,
    });
    assert.equal(readFileSync(path, 'utf8'), 'precious');
  });

  it('may take the place of one that a killed playground left, and outlives that one', async () => {
    const path = join(folder, 'left');
    const first = await writeKubeconfig(URL, path);
    const second = await writeKubeconfig('http://127.0.0.1:2', path);
    assert.ok(first.ok && second.ok);
    await first.value.remove();
    assert.match(readFileSync(path, 'utf8'), /127\.0\.0\.1:2"/);
  });

  it('says why a place will not do', async () => {
    const written = await writeKubeconfig(URL, join(folder, 'no', 'such', 'folder'));
    assert.match(written.ok ? '' : written.error, /cannot be written: ENOENT/);
  });
});

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

  it('is in a private folder, names the server, and is removed with its folder', async () => {
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

  it('is written to a given path, and removed from there', async () => {
    const path = join(folder, 'mine');
    const written = await writeKubeconfig(URL, path);
    assert.ok(written.ok && existsSync(path));
    await written.value.remove();
    assert.equal(existsSync(path), false);
  });

  it('does not overwrite a file of another program', async () => {
    const path = join(folder, 'config');
    writeFileSync(path, 'precious');
    const written = await writeKubeconfig(URL, path);
    assert.deepEqual(written, {
      ok: false,
      error: `${path} was not written by a playground, and is not overwritten; name a file that does not exist`,
    });
    assert.equal(readFileSync(path, 'utf8'), 'precious');
  });

  it('overwrites the file of another playground, which then does not remove it', async () => {
    const path = join(folder, 'left');
    const first = await writeKubeconfig(URL, path);
    const second = await writeKubeconfig('http://127.0.0.1:2', path);
    assert.ok(first.ok && second.ok);
    await first.value.remove();
    assert.match(readFileSync(path, 'utf8'), /127\.0\.0\.1:2"/);
  });

  it('a path that cannot be written is an error with its cause', async () => {
    const written = await writeKubeconfig(URL, join(folder, 'no', 'such', 'folder'));
    assert.match(written.ok ? '' : written.error, /cannot be written: there is no such file or folder/);
  });
});

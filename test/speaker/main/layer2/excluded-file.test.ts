import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { DEFAULT_EXCLUDED_INTERFACES } from '../../../../src/layer2/packets/excluded-interfaces.ts';
import type { LogFields } from '../../../../src/observe/log.ts';
import { ExcludedFile } from '../../../../src/speaker/main/layer2/excluded-file.ts';

describe('the file of excluded interfaces', () => {
  const top = mkdtempSync(join(tmpdir(), 'berth-excluded-'));
  const folder = join(top, 'metallb');
  const path = join(folder, 'excludel2.yaml');
  let warnings: string[];
  let fixes: string[];
  let file: ExcludedFile;

  beforeEach(() => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    [warnings, fixes] = [[], []];
    const warn = (_: string, fields: LogFields = {}): void => {
      warnings.push(`${fields['because']}`);
      fixes.push(`${fields['fix']}`);
    };
    file = new ExcludedFile(path, { warn });
  });
  after(() => rmSync(top, { recursive: true, force: true }));

  const write = (...patterns: readonly string[]): void =>
    writeFileSync(path, JSON.stringify({ announcedInterfacesToExclude: patterns }));

  it('excludes nothing where its folder is not mounted', async () => {
    rmSync(folder, { recursive: true });
    assert.deepEqual(await file.read(), []);
    assert.deepEqual(warnings, []);
  });

  it("is MetalLB's list where it is missing", async () => {
    assert.deepEqual(await file.read(), DEFAULT_EXCLUDED_INTERFACES);
    assert.deepEqual(warnings, []);
  });

  it('is live, and an edit that cannot be read leaves the last good list', async () => {
    write('^a');
    assert.deepEqual(await file.read(), ['^a']);
    write('^b');
    assert.deepEqual(await file.read(), ['^b']);
    writeFileSync(path, 'announcedInterfacesToExclude: [');
    assert.deepEqual(await file.read(), ['^b']);
    assert.deepEqual(await file.read(), ['^b']);
    assert.equal(warnings.length, 1, 'said once');
    assert.match(warnings[0] ?? '', /is not YAML at line 1/);
    assert.match(fixes[0] ?? '', /correct the key excludel2\.yaml of the ConfigMap metallb-excludel2/);
    write('^c');
    assert.deepEqual(await file.read(), ['^c']);
  });

  it("is MetalLB's list where it can be read at no time", async () => {
    write('(');
    assert.deepEqual(await file.read(), DEFAULT_EXCLUDED_INTERFACES);
  });

  it('names all patterns that are none', async () => {
    write('^a', '(', '(?=b)');
    await file.read();
    assert.deepEqual(warnings, [
      'announcedInterfacesToExclude[1]: "(" is no regular expression of RE2; announcedInterfacesToExclude[2]: "(?=b)" looks ahead or behind, which RE2 cannot',
    ]);
  });

  it('that the file system does not give is not taken for a missing one', async () => {
    mkdirSync(path);
    assert.deepEqual(await file.read(), DEFAULT_EXCLUDED_INTERFACES);
    assert.deepEqual(warnings, ['illegal operation on a directory']);
  });
});

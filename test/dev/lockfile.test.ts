import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { missingEntries, readLock } from '../../dev/lockfile.mjs';

describe('package-lock.json', () => {
  it('has the packages of all platforms, without which npm ci fails', () => {
    const missing = Object.keys(missingEntries(readLock()));
    assert.deepEqual(missing, [], 'run: node dev/lockfile.mjs');
  });

  const rows: readonly [says: string, name: string, want: object][] = [
    ['a system and a processor', '@x/cli-darwin-arm64', { os: ['darwin'], cpu: ['arm64'] }],
    ['a C library', '@x/cli-linux-x64-musl', { os: ['linux'], cpu: ['x64'], libc: ['musl'] }],
    [
      'the small ARM with its ABI',
      '@x/b-linux-arm-gnueabihf',
      { os: ['linux'], cpu: ['arm'], libc: ['glibc'] },
    ],
    ['Windows, whose C library has a name alike', '@x/b-win32-x64-msvc', { os: ['win32'], cpu: ['x64'] }],
    ['no platform at all', 'fsevents', {}],
  ];
  for (const [says, name, want] of rows) {
    it(`is completed with ${says}`, () => {
      const optionalDependencies = { [name]: '1.2.3' };
      const lock = { packages: { 'node_modules/x': { version: '1.2.3', dev: true, optionalDependencies } } };
      const entry = { version: '1.2.3', dev: true, optional: true, ...want };
      assert.deepEqual(missingEntries(lock), { [`node_modules/${name}`]: entry });
    });
  }

  it('is unchanged where it is complete: the package beside or below', () => {
    const entry = { version: '1.2.3', optionalDependencies: { a: '1.0.0', b: '1.0.0' } };
    const packages = { 'node_modules/x': entry, 'node_modules/a': {}, 'node_modules/x/node_modules/b': {} };
    assert.deepEqual(missingEntries({ packages }), {});
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../dev/place.mjs';
import { OLDEST_SERVER, readServerVersion, tooOldSentence } from '../../src/objects/server-version.ts';

const answer = (major: unknown, minor: unknown, gitVersion?: unknown) => ({ major, minor, gitVersion });
const tooOld = (text: string) => `The API server is ${text}, and Berth supports Kubernetes 1.25 and newer.`;

describe('the version of an API server', () => {
  const table: readonly [body: unknown, says: string | null][] = [
    [answer('1', '24', 'v1.24.17'), tooOld('v1.24.17')],
    [answer('1', '24+', 'v1.24.17-eks-8ccc7ba'), tooOld('v1.24.17-eks-8ccc7ba')],
    [answer('1', '9', 'v1.9.0+k3s1'), tooOld('v1.9.0+k3s1')],
    [answer('0', '99'), tooOld('v0.99')],
    [answer('1', '8', 'a line\nof its own'), tooOld('v1.8')],
    [answer('1', '25', 'v1.25.0'), null],
    [answer('1', '25+', 'v1.25.16-gke.100'), null],
    [answer('1', '100', 'v1.100.0'), null],
    [answer('2', '0', 'v2.0.0'), null],
  ];
  for (const [body, says] of table)
    it(`${JSON.stringify(body)} is ${says === null ? 'supported' : 'too old'}`, () => {
      const version = readServerVersion(body);
      assert.ok(version);
      assert.equal(tooOldSentence(version), says);
    });

  const unreadable: readonly unknown[] = [
    ...[null, 'v1.24', [], {}, answer(1, 24), answer('1', ''), answer('', '24')],
    ...[answer('1', 'x'), answer('1', '24 '), answer('1', '-1'), answer('1', '1e3'), answer('1', '99999')],
  ];
  for (const body of unreadable)
    it(`${JSON.stringify(body)} tells no version`, () => assert.equal(readServerVersion(body), null));

  it('the oldest that is supported is the one of the documentation', () => {
    const page = readFileSync(join(root, 'docs/compatibility.md'), 'utf8');
    assert.ok(page.includes(`**${OLDEST_SERVER.major}.${OLDEST_SERVER.minor} and newer**`));
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatIssue } from '../../../src/config/issue.ts';
import { readAddressPool } from '../../../src/config/pool/pool.ts';

const pool = (addresses: readonly string[]): unknown => ({ metadata: { name: 'p' }, spec: { addresses } });

describe('unusableRangeIssues', () => {
  const unusable: readonly (readonly [text: string, parts: RegExp])[] = [
    ['0.0.0.1-0.0.0.9', /contains unspecified addresses \(0\.0\.0\.0\/8\), which no Service can have: leave/],
    ['126.255.255.0-127.0.0.1', /contains loopback addresses/],
    ['239.0.0.0/24', /contains multicast addresses \(224\.0\.0\.0\/4\)/],
    ['255.255.255.255/32', /contains the broadcast address/],
    ['0.0.0.0/0', /unspecified.*loopback.*multicast.*broadcast/],
    ['::/0', /unspecified.*loopback.*IPv4-mapped.*link-local.*multicast/],
    ['::2-::1:0:0:0', /contains IPv4-mapped addresses \(::ffff:0\.0\.0\.0\/96\)/],
    ['fe80::/64', /contains link-local addresses \(fe80::\/10\)/],
    ['ff02::/16', /contains multicast addresses \(ff00::\/8\)/],
  ];
  for (const [text, parts] of unusable) {
    it(`refuses addresses that no Service can have: ${text}`, () => {
      const reading = readAddressPool(pool([text]));
      assert.equal(reading.pool, null);
      assert.equal(reading.usable?.ranges.length, 1);
      assert.equal(reading.issues.length, 1);
      assert.match(reading.issues.map(formatIssue).join(), parts);
      assert.match(reading.issues.map(formatIssue).join(), /^spec\.addresses\[0\]: /);
    });
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { finishSteps } from '../../../src/base/steps.ts';
import { formatIssue } from '../../../src/config/issue.ts';
import { type Pool, parseAddressPool } from '../../../src/config/pool/pool.ts';
import {
  doubtfulRangeWarnings,
  OWNERS_NAMED_MAX,
  type ReservedAddress,
  type ReservedAddresses,
  reservedAddressWarnings,
} from '../../../src/config/pool/warnings.ts';
import { parseAddress } from '../../../src/net/address.ts';
import { parseRange } from '../../../src/net/range.ts';

function pool(...addresses: readonly string[]): Pool {
  const parsed = parseAddressPool({ metadata: { name: 'p' }, spec: { addresses } });
  assert.ok(parsed.ok);
  return parsed.value;
}

function reservedAddress(owner: string, text: string): ReservedAddress {
  const address = parseAddress(text);
  assert.ok(address.ok);
  return { owner, address: address.value };
}

function reservedRange(owner: string, text: string): { owner: string; range: Pool['ranges'][number] } {
  const range = parseRange(text);
  assert.ok(range.ok);
  return { owner, range: range.value };
}

describe('doubtfulRangeWarnings', () => {
  const rows: readonly [text: string, holds: RegExp | null][] = [
    ['192.168.0.0/16', null],
    ['100.64.0.0/10', null],
    ['2001:db8::/32', null],
    ['fd00::/8', null],
    [
      '169.254.1.0/24',
      /contains link-local addresses \(169\.254\.0\.0\/16\), which most clients cannot reach$/,
    ],
    ['240.0.0.0/24', /contains reserved addresses \(240\.0\.0\.0-255\.255\.255\.254\)/],
  ];
  for (const [text, holds] of rows) {
    it(`${text}: ${holds === null ? 'no warning' : 'warning'}`, () => {
      const warnings = finishSteps(doubtfulRangeWarnings(pool(text))).map(formatIssue);
      if (holds === null) assert.deepEqual(warnings, []);
      else {
        assert.equal(warnings.length, 1);
        assert.match(warnings[0] ?? '', holds);
        assert.match(warnings[0] ?? '', /^spec\.addresses\[0\]: /);
      }
    });
  }
});

describe('reservedAddressWarnings', () => {
  const known = (addresses: readonly ReservedAddress[]): ReservedAddresses => ({
    addresses,
    ranges: [],
  });

  const warningsOf = (of: Pool, reserved: ReservedAddresses) =>
    finishSteps(reservedAddressWarnings(of, reserved));

  it('finds each address in its range, the first and the last one included', () => {
    const p = pool('10.0.1.0/24', '10.0.0.10-10.0.0.20', 'fd00::/64');
    const warnings = warningsOf(
      p,
      known([
        reservedAddress('node a', '10.0.0.9'),
        reservedAddress('node b', '10.0.0.10'),
        reservedAddress('node c', '10.0.0.20'),
        reservedAddress('node d', '10.0.0.21'),
        reservedAddress('node e', '10.0.1.255'),
        reservedAddress('node f', 'fd00::1'),
        reservedAddress('node g', 'fd00:0:0:1::'),
        reservedAddress('node h', '::1'),
      ]),
    );
    assert.deepEqual(warnings.map(formatIssue), [
      'spec.addresses[0]: holds 10.0.1.255 of node e',
      'spec.addresses[1]: holds 10.0.0.10 of node b; 10.0.0.20 of node c',
      'spec.addresses[2]: holds fd00::1 of node f',
    ]);
  });

  it('finds ranges that are reserved for something else', () => {
    const ranges = [
      reservedRange('the cluster IPs', '10.96.0.0/12'),
      reservedRange('the pods', 'fd00:1::/48'),
    ];
    const warnings = warningsOf(pool('10.100.0.0/24', '10.0.0.0/24', 'fd00::/16'), {
      addresses: [],
      ranges,
    });
    assert.deepEqual(warnings.map(formatIssue), [
      'spec.addresses[0]: holds addresses of 10.96.0.0/12, the cluster IPs',
      'spec.addresses[2]: holds addresses of fd00:1::/48, the pods',
    ]);
  });

  it('names a few and counts the rest, in any order', () => {
    const nodes = Array.from({ length: 9 }, (_, i) => reservedAddress(`node ${i}`, `10.0.0.${i}`));
    const [one, other] = [known(nodes), known([...nodes].reverse())].map((k) =>
      warningsOf(pool('10.0.0.0/24'), k),
    );
    assert.deepEqual(one, other);
    assert.equal(
      one?.[0]?.message,
      `holds 10.0.0.0 of node 0; 10.0.0.1 of node 1; 10.0.0.2 of node 2; and ${9 - OWNERS_NAMED_MAX} more`,
    );
  });

  it('has no warning without a reserved address', () => {
    assert.deepEqual(warningsOf(pool('10.0.0.0/24'), known([reservedAddress('node a', '192.168.0.1')])), []);
  });
});

/** AS paths and AS numbers. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type AsPath, asPathLength, formatAsPath, prependAsn } from '../../../src/bgp/attributes/as-path.ts';
import { isAsn, toTwoOctetAsn } from '../../../src/bgp/attributes/asn.ts';

const path: AsPath = [
  { kind: 'sequence', asns: [1, 2] },
  { kind: 'set', asns: [3, 4, 5] },
  { kind: 'confed-sequence', asns: [6] },
  { kind: 'confed-set', asns: [7, 8] },
];

it('the path length counts a set as 1 and confederation segments as 0', () => {
  assert.equal(asPathLength(path), 3);
  assert.equal(asPathLength([]), 0);
});

it('a path is formatted as routers do', () => assert.equal(formatAsPath(path), '1 2 {3,4,5} (6) [7,8]'));

it('an AS is prepended', () => {
  assert.equal(formatAsPath(prependAsn(path, 9)), '9 1 2 {3,4,5} (6) [7,8]');
  assert.equal(formatAsPath(prependAsn(path, 9, 3)), '9 9 9 1 2 {3,4,5} (6) [7,8]');
  assert.equal(formatAsPath(prependAsn([], 9, 2)), '9 9');
  assert.equal(formatAsPath(prependAsn(path.slice(1), 9)), '9 {3,4,5} (6) [7,8]');
  assert.equal(prependAsn(path, 9, 0), path);
});

it('an AS number that does not fit two octets becomes AS_TRANS', () => {
  assert.deepEqual([1, 65_535, 65_536, 4_294_967_295].map(toTwoOctetAsn), [1, 65_535, 23_456, 23_456]);
});

it('an AS number is an integer from 1 to 2^32−1', () => {
  assert.deepEqual([0, 1, 4_294_967_295, 4_294_967_296, 1.5, -1].map(isAsn), [
    false,
    true,
    true,
    false,
    false,
    false,
  ]);
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findUnwritten } from '../../../src/controller/services/write-answer.ts';
import { parseAddress } from '../../../src/net/address.ts';
import { ingress, service } from '../../allocation/support/test-cluster.ts';

const addresses = (...texts: readonly string[]) =>
  texts.map((text) => {
    const parsed = parseAddress(text);
    return parsed.ok ? parsed.value : assert.fail(text);
  });

const showing = (...texts: readonly string[]) => service('web', { ingress: ingress(...texts) });

describe('the answer to a write', () => {
  const rows: readonly (readonly [
    says: string,
    written: readonly string[] | null,
    answer: ReturnType<typeof showing>,
    problem: RegExp | null,
  ])[] = [
    ['shows the addresses', ['10.0.0.1', 'fd00::1'], showing('10.0.0.1', 'fd00::1'), null],
    ['shows none where none was written', [], showing(), null],
    ['may show anything where only a condition was written', null, showing('10.0.0.9'), null],
    ['shows nothing of it', ['10.0.0.1'], showing(), /does not show the addresses/],
    ['shows another address', ['10.0.0.1'], showing('10.0.0.2'), /does not show the addresses/],
    ['shows one more', ['10.0.0.1'], showing('10.0.0.1', '10.0.0.2'), /does not show the addresses/],
    ['still shows what was taken off', [], showing('10.0.0.1'), /does not show the addresses/],
    ['is another Service', null, service('other'), /the response is Service default\/other/],
  ];
  for (const [says, written, answer, problem] of rows)
    it(says, () => {
      const found = findUnwritten(
        'default/web',
        { ingress: written === null ? null : addresses(...written) },
        answer,
      );
      if (problem === null) assert.equal(found, null);
      else assert.match(found ?? '', problem);
    });
});

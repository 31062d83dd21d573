/** Reports of losses on the wire: what is read, and what is not. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { speakerKey } from '../../../src/layer2/membership/key-ring.ts';
import {
  decodeReport,
  encodeReport,
  type LossReport,
  REPORT_OCTETS_MAX,
} from '../../../src/layer2/membership/loss-report.ts';
import { underSeeds } from '../../support/random.ts';

const [OLD, NEW, OTHER] = [speakerKey('old'), speakerKey('new'), speakerKey('other')];
const REPORT: LossReport = { sender: 'n1', boot: '0a1b', sequence: 3, serial: 7, lost: ['n2', 'n3'] };

const fault = (octets: Uint8Array, keys = [OLD]): string => {
  const decoded = decodeReport(octets, keys);
  return decoded.ok ? 'read' : decoded.error;
};

describe('a report of losses', () => {
  it('is read by who has the key', () => {
    assert.deepEqual(decodeReport(encodeReport(REPORT, [OLD]), [OLD]), { ok: true, value: REPORT });
  });

  it('is read while the key is replaced, whichever of the two the reader has', () => {
    const octets = encodeReport(REPORT, [OLD, NEW]);
    assert.deepEqual(
      [fault(octets, [OLD]), fault(octets, [NEW]), fault(octets, [NEW, OLD])],
      [...['read', 'read', 'read']],
    );
  });

  it('is forged without a key of the reader', () => {
    assert.equal(fault(encodeReport(REPORT, [OTHER])), 'forged');
    assert.equal(fault(encodeReport(REPORT, [])), 'forged');
    assert.equal(fault(encodeReport(REPORT, [OLD]), []), 'forged');
  });

  it('is forged with another key under the ID of a known one', () => {
    assert.equal(fault(encodeReport(REPORT, [{ ...OTHER, id: OLD.id }])), 'forged');
  });

  it('is forged when one bit of it differs', () => {
    const octets = encodeReport(REPORT, [OLD]);
    for (let at = 6; at < octets.length; at++)
      assert.equal(
        fault(octets.map((octet, index) => (index === at ? octet ^ 1 : octet))),
        'forged',
        `${at}`,
      );
  });

  it('is malformed when it is cut off, too long, or something else', () => {
    const octets = encodeReport(REPORT, [OLD]);
    assert.equal(fault(octets.subarray(0, 38)), 'malformed');
    assert.equal(fault(new Uint8Array()), 'malformed');
    assert.equal(fault(new TextEncoder().encode('GET / HTTP/1.1')), 'malformed');
    const many = { ...REPORT, lost: Array.from({ length: 100 }, (_, index) => `n${index}`.padEnd(253, 'x')) };
    assert.equal(fault(encodeReport(many, [OLD])), 'malformed');
    const mesh = { ...many, lost: many.lost.slice(0, 32) };
    assert.ok(encodeReport(mesh, [OLD, NEW]).length < REPORT_OCTETS_MAX);
    assert.equal(fault(encodeReport(mesh, [OLD, NEW])), 'read');
  });

  it('is malformed without a sender, a process or a sequence, whoever signed it', () => {
    for (const fields of [{ sender: '' }, { boot: '' }, { sequence: 0.5 }, { serial: 0.5 }])
      assert.equal(fault(encodeReport({ ...REPORT, ...fields }, [OLD])), 'malformed');
  });

  it('is read or refused, and never throws', () => {
    underSeeds(20, 2000, (random) => {
      const octets = Uint8Array.from({ length: random.below(200) }, () => random.below(256));
      if (random.chance(0.5)) octets.set(encodeReport(REPORT, [OLD]).subarray(0, octets.length));
      for (let edits = random.below(4); edits > 0 && octets.length > 0; edits--)
        octets[random.below(octets.length)] = random.below(256);
      fault(octets);
    });
  });
});

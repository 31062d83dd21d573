/** Conditions of several announcers: which one counts, and what is certain while another is not known. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mergeNative, withCalico } from '../../../src/controller/announced/merge-conditions.ts';
import type { ConditionValue } from '../../../src/objects/condition.ts';

type Status = ConditionValue['status'];

const value = (status: Status, reason: string): ConditionValue => ({ status, reason, message: `${reason}.` });
const of = (one: ConditionValue | null) => new Map(one === null ? [] : [['default/s', one] as const]);

const OURS = { True: value('True', 'Advertised'), False: value('False', 'NoPeer') };

describe('speakers beside Calico', () => {
  const rows: readonly (readonly [
    string,
    ConditionValue | null,
    ConditionValue | null,
    string | undefined,
  ])[] = [
    ['the better status', OURS.False, value('True', 'Predicted'), 'Predicted'],
    ['that of the speakers, of two equal ones', OURS.True, value('True', 'Predicted'), 'Advertised'],
    [
      'that of the speakers, where nothing of Calico is found',
      OURS.False,
      value('Unknown', 'NoAnnouncer'),
      'NoPeer',
    ],
    ['that of Calico, where the speakers have none', null, value('False', 'NotListed'), 'NotListed'],
    ['none, where none has one', null, null, undefined],
  ];
  for (const [title, native, calico, reason] of rows) {
    it(`have the condition: ${title}`, () => {
      const merged = withCalico(of(native), { byService: of(calico), predict: () => null });
      assert.deepEqual([merged.byService.get('default/s')?.reason, merged.isPartial], [reason, undefined]);
    });
  }

  it('are certain of what they announce while what Calico does is not known, and of nothing else', () => {
    const announced = withCalico(of(OURS.True), null);
    assert.deepEqual([announced.byService, announced.isPartial], [of(OURS.True), true]);
    const notAnnounced = withCalico(of(OURS.False), null);
    assert.deepEqual([notAnnounced.byService, notAnnounced.isPartial], [of(null), true]);
  });
});

describe('BGP beside layer 2', () => {
  const answered = value('True', 'Answered');
  const silent = value('False', 'NoNodeAnswers');
  const rows: readonly (readonly [
    string,
    ConditionValue | null,
    ConditionValue | null,
    string | undefined,
  ])[] = [
    ['the better status', value('Unknown', 'NotVisible'), answered, 'Answered'],
    ['that of BGP, of two equal ones', OURS.True, answered, 'Advertised'],
    ['that of layer 2, where the Service is not meant for BGP', OURS.False, silent, 'NoNodeAnswers'],
    ['that of BGP, where it is', value('False', 'NotEstablished'), silent, 'NotEstablished'],
    ['that of the only one', null, silent, 'NoNodeAnswers'],
  ];
  for (const [title, bgp, layer2, reason] of rows) {
    it(`have the condition: ${title}`, () => {
      assert.equal(mergeNative(of(bgp), of(layer2)).get('default/s')?.reason, reason);
    });
  }
});

/** What a page takes for an answer of its dashboard, and for an event. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readAnswer } from '../../web/ask.ts';
import { isEvent } from '../../web/event-shapes.ts';
import { overviewOf } from '../overview/support/overview-of.ts';

const json = JSON.stringify;
const COMMANDS = { program: 'berth', flags: { explain: ['--context a'] }, kubectl: 'kubectl' };
const plan = { verdict: 'changes', sections: [[[{ text: 'web', style: 'bold' }]]] };

describe('an answer', () => {
  it('is taken with the shape of its question, and with more fields than are known', () => {
    const text = json({ ...plan, more: 1 });
    assert.deepEqual(readAnswer('/api/plan', true, text), { kind: 'answered', answer: { ...plan, more: 1 } });
  });

  const refusals: readonly (readonly [string, boolean, string, RegExp])[] = [
    ['of another program, in HTML', true, '<!doctype html>', /another program has its port/],
    ['of another program, in JSON', true, json({ hello: 'world' }), /another program has its port/],
    ['that is a list', true, '[]', /another program/],
    ['without a verdict', true, json({ sections: [] }), /another program/],
    ['with another verdict', true, json({ ...plan, verdict: 'fine' }), /another program/],
    ['with a line that is a text', true, json({ ...plan, sections: [['web']] }), /another program/],
    ['that is a refusal', false, json({ errors: ['the edit is empty'] }), /^the edit is empty$/],
    ['that is a refusal in plain text', false, 'not found\n', /^not found$/],
    ['that is a refusal of another shape', false, json({ errors: [{}] }), /errors/],
  ];
  for (const [says, isOk, text, want] of refusals)
    it(`${says} is refused with a sentence`, () => {
      const asked = readAnswer('/api/plan', isOk, text);
      assert.equal(asked.kind, 'refused');
      assert.match(asked.kind === 'refused' ? asked.errors.join() : '', want);
    });
});

describe('an event', () => {
  const document = overviewOf({ objects: [], wall: 0 });
  const patch = { sections: {}, services: null, announcing: null };
  const rows: readonly (readonly [string, unknown, boolean])[] = [
    [
      'with a document is one',
      { kind: 'document', version: 1, origin: 'cluster', commands: COMMANDS, document },
      true,
    ],
    ['with a patch is one', { kind: 'patch', version: 2, patch }, true],
    ['that tells the time is one', { kind: 'alive', version: 2, time: '' }, true],
    ['that the cluster is lost is one', { kind: 'lost', version: 2, says: 'x' }, true],
    ['of another kind is none', { kind: 'hello', version: 1 }, false],
    ['without a version is none', { kind: 'alive', time: '' }, false],
    [
      'with half a document is none',
      { kind: 'document', version: 1, origin: 'cluster', commands: COMMANDS, document: { format: 1 } },
      false,
    ],
    [
      'with commands of another shape is none',
      {
        kind: 'document',
        version: 1,
        origin: 'cluster',
        commands: { ...COMMANDS, flags: { explain: 'a' } },
        document,
      },
      false,
    ],
    [
      'with a patch of another kind is none',
      { kind: 'patch', version: 2, patch: { ...patch, services: {} } },
      false,
    ],
    ['that is a text is none', 'alive', false],
    ['that is nothing is none', null, false],
  ];
  for (const [says, event, want] of rows) it(says, () => assert.equal(isEvent(event), want));
});

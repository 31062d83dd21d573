/** BFDProfiles: defaults, bounds, and what is accepted without being as written. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readBfdProfile } from '../../src/config/bfd-profile.ts';
import { formatIssue } from '../../src/config/issue.ts';

const read = (spec?: object) =>
  readBfdProfile({
    apiVersion: 'metallb.io/v1beta1',
    kind: 'BFDProfile',
    metadata: { name: 'fast' },
    ...(spec === undefined ? {} : { spec }),
  });

const DEFAULTS = {
  ...{ name: 'fast', receiveInterval: 300, transmitInterval: 300 },
  ...{ detectMultiplier: 3, isPassive: false, minimumTtl: 254 },
};

describe('a BFDProfile', () => {
  for (const [title, spec] of [
    ['without a spec', undefined],
    ['with an empty spec', {}],
    ['with an echo interval, which matters with echo mode only,', { echoInterval: 50 }],
    ['with echo mode off', { echoMode: false }],
  ] as const)
    it(`${title} has the defaults of FRR, which MetalLB runs`, () => {
      assert.deepEqual(read(spec), { profile: DEFAULTS, issues: [], warnings: [] });
    });

  it('has the values that it sets, at both ends of their bounds', () => {
    assert.deepEqual(
      read({ receiveInterval: 50, transmitInterval: 60_000, detectMultiplier: 2, minimumTtl: 1 }),
      {
        profile: {
          ...DEFAULTS,
          ...{ receiveInterval: 50, transmitInterval: 60_000, detectMultiplier: 2, minimumTtl: 1 },
        },
        ...{ issues: [], warnings: [] },
      },
    );
    assert.deepEqual(read({ detectMultiplier: 255, minimumTtl: 254, passiveMode: true }).profile, {
      ...DEFAULTS,
      ...{ detectMultiplier: 255, isPassive: true },
    });
  });

  it('negotiates 50 ms where it asks for less, and warns', () => {
    const { profile, issues, warnings } = read({ receiveInterval: 10, transmitInterval: 49 });
    assert.deepEqual([profile?.receiveInterval, profile?.transmitInterval, issues], [50, 50, []]);
    assert.deepEqual(warnings.map(formatIssue), [
      'spec.receiveInterval: 10 ms is too short for a program without real-time scheduling, so 50 ms is negotiated: set 50 or more',
      'spec.transmitInterval: 49 ms is too short for a program without real-time scheduling, so 50 ms is negotiated: set 50 or more',
    ]);
  });

  it('has no echo mode, and warns', () => {
    const { profile, warnings } = read({ echoMode: true, echoInterval: 50 });
    assert.deepEqual(profile, DEFAULTS);
    assert.match(warnings.map(formatIssue).join(), /^spec.echoMode: has no effect, .*control packets alone/);
  });

  const wrong: readonly (readonly [object, string])[] = [
    [{ receiveInterval: 9 }, 'spec.receiveInterval: must be from 10 to 60000, not the number 9'],
    [{ transmitInterval: 60_001 }, 'spec.transmitInterval: must be from 10 to 60000, not the number 60001'],
    [{ transmitInterval: 0.5 }, 'spec.transmitInterval: must be a whole number, not the number 0.5'],
    [{ detectMultiplier: 1 }, 'spec.detectMultiplier: must be from 2 to 255, not the number 1'],
    [{ echoInterval: 0 }, 'spec.echoInterval: must be from 10 to 60000, not the number 0'],
    [{ minimumTtl: 0 }, 'spec.minimumTtl: must be from 1 to 254, not the number 0'],
    [{ minimumTtl: 255 }, 'spec.minimumTtl: must be from 1 to 254, not the number 255'],
    [{ passiveMode: 'yes' }, 'spec.passiveMode: must be true or false, not the text "yes"'],
    [{ recieveInterval: 50 }, 'spec.recieveInterval: is not a known field: did you mean "receiveInterval"?'],
  ];
  for (const [spec, line] of wrong)
    it(`is invalid with ${JSON.stringify(spec)}`, () => {
      const { profile, issues } = read(spec);
      assert.deepEqual([profile, issues.map(formatIssue)], [null, [line]]);
    });

  it('lists all its issues at once', () => {
    const spec: object = Object.assign({}, ...wrong.map(([one]) => one));
    assert.equal(read(spec).issues.length, Object.keys(spec).length);
  });

  it('needs a name', () => {
    assert.deepEqual(readBfdProfile({ spec: {} }).issues.map(formatIssue), ['metadata: is required']);
    assert.equal(readBfdProfile(null).profile, null);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readBgpAdvertisement } from '../../src/config/advertisement.ts';
import { formatIssue } from '../../src/config/issue.ts';
import { readL2Advertisement } from '../../src/config/l2-advertisement.ts';

const object = (spec?: object) => ({ metadata: { name: 'all' }, ...(spec === undefined ? {} : { spec }) });
const issueLines = (spec: object): string =>
  readBgpAdvertisement(object(spec)).issues.map(formatIssue).join('\n');

describe('a BGPAdvertisement', () => {
  it('without a spec selects everything', () => {
    const { advertisement, issues } = readBgpAdvertisement(object());
    assert.deepEqual(issues, []);
    assert.deepEqual(advertisement, {
      name: 'all',
      pools: [],
      poolSelectors: [],
      nodeSelectors: [],
      serviceSelectors: [],
      peers: [],
      lengths: { 4: 32, 6: 128 },
      localPref: 0,
      asPathPrepend: null,
      communities: [],
    });
  });

  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ aggregationLength: 33 }, /^spec.aggregationLength: must be from 1 to 32/],
    [{ aggregationLengthV6: 129 }, /^spec.aggregationLengthV6: must be from 1 to 128/],
    [{ localPref: -1 }, /^spec.localPref: must be from 0/],
    [{ asPathPrepend: 0 }, /^spec.asPathPrepend: must be from 1 to 10/],
    [{ asPathPrepend: 11 }, /^spec.asPathPrepend: must be from 1 to 10/],
    [
      { communities: ['a', 'a'] },
      /^spec.communities\[1\]: "a" is listed twice, first at spec.communities\[0\]: remove one of them$/,
    ],
    [{ peers: ['r1', 'r1'] }, /^spec.peers\[1\]: "r1" is listed twice/],
    [{ ipAddressPools: ['p', 'p'] }, /^spec.ipAddressPools\[1\]: "p" is listed twice/],
    [
      { serviceSelectors: [{}], aggregationLength: 24 },
      /serviceSelectors and aggregationLength are mutually/,
    ],
    [{ pools: [] }, /^spec.pools: is not a known field/],
  ];
  for (const [spec, says] of wrong) {
    it(`has an error for ${JSON.stringify(spec)}`, () => assert.match(issueLines(spec), says));
  }

  it('that is no object has an error', () => {
    for (const raw of [null, [], 'x', {}, { metadata: { name: 'x' }, spec: [] }])
      assert.notDeepEqual(readBgpAdvertisement(raw).issues, []);
  });
});

describe('an L2Advertisement', () => {
  const rows: readonly (readonly [object, RegExp | null])[] = [
    [{}, null],
    [
      { interfaces: ['eth0', 'eth0'] },
      /^spec.interfaces\[1\]: "eth0" is listed twice, first at spec.interfaces\[0\]: remove one of them$/,
    ],
    [{ preferredNodeSelectors: [{ weight: 101, preference: {} }] }, /weight: must be from 1 to 100/],
    [{ preferredNodeSelectors: [{ weight: 1 }] }, /preference: is required/],
    [{ preferredNodeSelectors: [{ weight: 1, preference: { matchLabels: { a: 'b' } } }] }, null],
    [{ nodeSelectors: [{ matchLabels: { 'a b': 'c' } }] }, /cannot be the key of a label/],
  ];
  for (const [spec, says] of rows) {
    it(JSON.stringify(spec), () => {
      const told = readL2Advertisement(object(spec)).issues.map(formatIssue).join('\n');
      if (says === null) assert.equal(told, '');
      else assert.match(told, says);
    });
  }

  it('is read with its lists, selectors and weights', () => {
    const zone = { matchLabels: { zone: 'a' } };
    const { advertisement, issues } = readL2Advertisement(
      object({
        ...{
          ipAddressPools: ['main'],
          interfaces: ['eth0'],
          nodeSelectors: [zone],
          serviceSelectors: [zone],
        },
        preferredNodeSelectors: [{ weight: 7, preference: zone }],
      }),
    );
    assert.deepEqual(issues, []);
    const selector = { requirements: [{ key: 'zone', operator: 'In', values: ['a'] }] };
    assert.deepEqual(advertisement, {
      ...{ name: 'all', pools: ['main'], poolSelectors: [], interfaces: ['eth0'] },
      ...{ nodeSelectors: [selector], serviceSelectors: [selector] },
      preferences: [{ weight: 7, selector }],
    });
  });

  it('without a spec allows everything', () => {
    const { advertisement } = readL2Advertisement({ metadata: { name: 'all' } });
    assert.deepEqual(advertisement, {
      ...{ name: 'all', pools: [], poolSelectors: [], nodeSelectors: [], serviceSelectors: [] },
      ...{ interfaces: [], preferences: [] },
    });
  });

  const doubtful: readonly (readonly [name: string, says: RegExp | null])[] = [
    ['eth0', null],
    ['br-lan.100', null],
    ['enp0s31f6np0abc', null],
    ['', /^spec\.interfaces\[1\]: "" cannot be the name of an interface/],
    ['eth0 ', /"eth0 " cannot be the name of an interface, so nobody answers on it: correct the name/],
    ['eth0:1', /cannot be the name/],
    ['..', /cannot be the name/],
    ['enp0s31f6np0abcd', /has more than 15 characters/],
    ['eth*', /"eth\*" is taken as a name, not as a pattern/],
  ];
  for (const [name, says] of doubtful)
    it(`is in force with the interface ${JSON.stringify(name)}, ${says === null ? 'and nothing is said' : 'and a warning'}`, () => {
      const { advertisement, issues, warnings } = readL2Advertisement(object({ interfaces: ['lan', name] }));
      assert.deepEqual([advertisement?.interfaces, issues], [['lan', name], []]);
      if (says === null) assert.deepEqual(warnings, []);
      else assert.match(warnings.map(formatIssue).join('\n'), says);
    });

  it('lists all its issues at once', () => {
    const { issues } = readL2Advertisement(
      object({
        interfaces: ['a', 'a', 7],
        nodeSelectors: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: [] }] }, 'zone=a'],
        preferredNodeSelectors: [{ weight: 0, preference: { matchLabels: { 'a b': 'c' } } }],
        interface: 'eth0',
      }),
    );
    assert.deepEqual(
      issues.map(({ path }) => path),
      [
        'spec.interfaces[2]',
        'spec.interfaces[1]',
        'spec.nodeSelectors[1]',
        'spec.nodeSelectors[0].matchExpressions[0].values',
        'spec.preferredNodeSelectors[0].weight',
        'spec.preferredNodeSelectors[0].preference.matchLabels["a b"]',
        'spec.interface',
      ],
    );
  });

  it('with an issue is null', () => {
    assert.equal(readL2Advertisement(object({ interfaces: ['a', 'a'] })).advertisement, null);
  });
});

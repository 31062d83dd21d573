/** Values that would leave half a release behind, or be dropped without a word: the chart refuses them before it installs anything. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { CHART, IMAGE, type Loose, named, render, skipWithoutHelm } from './support/chart.ts';

const required = 'requiredDuringSchedulingIgnoredDuringExecution';

/** Values of Pods: each row is given to the controller and to the speakers, and both are complained of. */
const POD_VALUES: readonly [string, Loose, RegExp][] = [
  ['a misspelt part of resources', { resources: { limit: {} } }, /resources': .*'limit' not allowed/],
  [
    'a quantity that is none',
    { resources: { limits: { memory: '5GiB' } } },
    /resources\/limits\/memory': '5GiB'/,
  ],
  ['a quantity below zero', { resources: { requests: { cpu: -1 } } }, /resources\/requests\/cpu': minimum/],
  ['a misspelt part of a toleration', { tolerations: [{ keys: 'a' }] }, /tolerations\/0': .*'keys'/],
  ['an operator that is none', { tolerations: [{ operator: 'Exist' }] }, /tolerations\/0\/operator'/],
  ['an effect that is none', { tolerations: [{ effect: 'NoScheduling' }] }, /tolerations\/0\/effect'/],
  ['a misspelt affinity', { affinity: { nodeAfinity: {} } }, /affinity': .*'nodeAfinity' not allowed/],
  [
    'a misspelt part of an affinity',
    { affinity: { nodeAffinity: { [required]: { terms: [] } } } },
    /affinity\/nodeAffinity\/required\w+': .*'terms' not allowed/,
  ],
  ['a label that is no text', { labels: { rack: 1 } }, /labels\/rack': got number, want string/],
  ['a priority class that is no name', { priorityClassName: 'High_' }, /priorityClassName': 'High_'/],
  ['a runtime class that is no name', { runtimeClassName: 'Kata!' }, /runtimeClassName': 'Kata!'/],
  ['arguments that are no list', { extraArgs: '--a' }, /extraArgs': got string, want array/],
  ['a misspelt nested value', { serviceAccount: { anotations: {} } }, /serviceAccount': .*'anotations'/],
];

const OTHERS: readonly [string, Loose, RegExp][] = [
  ['a scheme in the repository', { image: { repository: `https://${IMAGE}` } }, /is no name of a repository/],
  ['a tag in the repository', { image: { repository: `${IMAGE}:1.0` } }, /image\.tag or image\.digest is a/],
  ['a repository in upper case', { image: { repository: 'registry.example/Berth' } }, /in lower case/],
  ['a tag that is none', { image: { repository: IMAGE, tag: 'a/b' } }, /image\.tag "a\/b" is no tag/],
  ['a class that no Service can have', { loadBalancerClass: 'A/b!' }, /can be the class of no Service/],
  ['a pull secret without its name', { imagePullSecrets: [{ nam: 'a' }] }, /missing property 'name'/],
  ['a pull secret that is no map', { imagePullSecrets: ['a'] }, /imagePullSecrets\/0': got string/],
  ['a pool, which is an object', { ipAddressPools: [{ name: 'a' }] }, /'ipAddressPools' not allowed/],
  [
    'a misspelt part of the update strategy',
    { speaker: { updateStrategy: { rollingUpdate: { maxUnavailble: 2 } } } },
    /rollingUpdate': .*'maxUnavailble' not allowed/,
  ],
  ['a strategy that is none', { speaker: { updateStrategy: { type: 'Rolling' } } }, /updateStrategy\/type'/],
  ['a name that no Secret has', { speaker: { passwordSecrets: ['A_b'] } }, /passwordSecrets\/0': 'A_b'/],
  [
    'a rule without its expression',
    { prometheus: { prometheusRule: { extraAlerts: [{ alert: 'A' }] } } },
    /extraAlerts\/0': missing property 'expr'/,
  ],
];

const GOOD: readonly [string, Loose][] = [
  ['a registry with a port', { image: { repository: 'localhost:5000/a/b__c/d-e' } }],
  ['an address of IPv6 as the registry', { image: { repository: '[2001:db8::1]:5000/berth' } }],
  ['a repository without a registry', { image: { repository: 'berth', tag: 'V1_0.rc-1' } }],
  ['a class with a domain', { loadBalancerClass: 'example.com/Metal_LB' }],
  [
    'quantities in each notation',
    { controller: { resources: { limits: { cpu: 0.5, memory: '1.5Gi' }, requests: { memory: '1e8' } } } },
  ],
  ['no limit', { controller: { resources: { limits: { memory: null } } } }],
  [
    'a part of the nodes at once',
    { speaker: { updateStrategy: { rollingUpdate: { maxUnavailable: '10%' } } } },
  ],
  [
    'no tolerations, resources or affinity',
    { speaker: { tolerations: null, resources: null, affinity: null } },
  ],
];

/** All leaves of values as null; maps whose keys are up to the user stay as they are. */
function withoutLeaves(values: Loose): Loose {
  const isMap = (value: Loose): boolean =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
  return Object.fromEntries(
    Object.entries<Loose>(values)
      .filter(([name]) => name !== 'labels')
      .map(([name, value]) => [name, isMap(value) ? withoutLeaves(value) : null]),
  );
}

const isEmpty = (value: Loose): boolean => !value || (Array.isArray(value) && value.length === 0);

/** The names of all values whose default is not empty. */
function given(values: Loose): readonly string[] {
  return Object.entries<Loose>(values)
    .filter(([name]) => name !== 'labels')
    .flatMap(([name, value]) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? given(value)
        : isEmpty(value)
          ? []
          : [name],
    );
}

describe('the values of the chart', { skip: skipWithoutHelm }, () => {
  const defaults: Loose = parse(readFileSync(join(CHART, 'values.yaml'), 'utf8'));

  const refuses = (sentence: string, values: object, says: readonly RegExp[]): void => {
    it(`refuse ${sentence}`, () => {
      const { code, stderr } = render(values);
      assert.notEqual(code, 0, 'it was rendered');
      for (const text of says) assert.match(stderr, text);
    });
  };

  for (const [sentence, value, says] of POD_VALUES)
    refuses(sentence, named('native', { controller: value, speaker: value }), [
      new RegExp(`'/controller/?${says.source}`),
      new RegExp(`'/speaker/?${says.source}`),
    ]);
  for (const [sentence, value, says] of OTHERS) refuses(sentence, named('native', value), [says]);

  for (const [sentence, value] of GOOD)
    it(`accept ${sentence}`, () => {
      const { code, stderr } = render(named('native', value));
      assert.equal(code, 0, stderr);
    });

  it('refuse null where a default is not empty, all at once: Helm would remove the value', () => {
    const { stderr } = render(withoutLeaves(defaults));
    const missing = [...stderr.matchAll(/missing propert(?:y|ies) (.*)/g)].flatMap(([, names = '']) =>
      [...names.matchAll(/'(\w+)'/g)].map(([, name]) => name),
    );
    assert.ok(missing.length > 20, stderr);
    assert.deepEqual(missing.sort(), [...given(defaults)].sort());
  });

  it('refuse null for a whole section', () => {
    for (const [name, value] of Object.entries(defaults))
      if (given({ [name]: value }).length > 0)
        assert.match(
          render({ ...named('native'), [name]: null }).stderr,
          new RegExp(`missing property '${name}'`),
        );
  });
});

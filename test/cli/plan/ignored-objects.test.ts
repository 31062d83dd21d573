/** What `plan` says of objects of an edit that it does not evaluate: never that they are fine. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { sortIgnored } from '../../../src/cli/plan/ignored-objects.ts';

const object = (apiVersion: string, kind: string, more: Raw = {}): Raw => ({
  ...{ apiVersion, kind, metadata: { name: 'x' } },
  ...more,
});
const withImage = (image: string): Raw => ({ spec: { template: { spec: { containers: [{ image }] } } } });

const ROWS: readonly (readonly [
  says: string,
  raw: Raw,
  sorted: 'known' | 'withoutEffect' | 'notJudged',
  sentence?: RegExp,
])[] = [
  ['a Secret is of no concern', object('v1', 'Secret'), 'known'],
  [
    'an AddressPool has no effect',
    object('metallb.io/v1beta1', 'AddressPool'),
    'withoutEffect',
    /berth convert/,
  ],
  [
    'the old ConfigMap depends on how programs run',
    object('v1', 'ConfigMap', { data: { config: 'address-pools: []\n' } }),
    'notJudged',
    /--config x/,
  ],
  ['another ConfigMap is of no concern', object('v1', 'ConfigMap', { data: { config: 'a: b' } }), 'known'],
  ['a chart is not rendered', object('helm.toolkit.fluxcd.io/v2', 'HelmRelease'), 'notJudged', /Render it/],
  [
    'an Installation is not predicted',
    object('operator.tigera.io/v1', 'Installation'),
    'notJudged',
    /not predicted/,
  ],
  [
    'a DaemonSet of the speakers is not predicted',
    object('apps/v1', 'DaemonSet', withImage('quay.io/metallb/speaker:v0.14')),
    'notJudged',
    /not predicted/,
  ],
  ['a DaemonSet of others is of no concern', object('apps/v1', 'DaemonSet', withImage('fluentd')), 'known'],
  ['a misspelled kind is named', object('metallb.io/v1beta1', 'IPAdressPool'), 'notJudged', /did you mean/],
];

for (const [says, raw, sorted, sentence] of ROWS)
  test(says, () => {
    const found = sortIgnored([raw], [{ object: raw, location: 'f.yaml:1' }]);
    const counts = { known: 0, withoutEffect: 0, notJudged: 0 };
    assert.deepEqual(
      {
        known: found.known.length,
        withoutEffect: found.withoutEffect.length,
        notJudged: found.notJudged.length,
      },
      { ...counts, [sorted]: 1 },
    );
    if (sentence !== undefined && sorted !== 'known') assert.match(found[sorted][0] ?? '', sentence);
  });

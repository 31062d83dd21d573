/** Each row: an object, and what is found in it. The edit makes the finding go away, and brings no other. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findObjectMistakes } from '../../../src/allocation/findings/object-findings.ts';
import type { Raw } from '../../../src/base/json.ts';
import { applyEdits } from '../../../src/findings/apply-edits.ts';

const service = (spec: Raw, metadata: Raw = {}): Raw => ({
  ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop', ...metadata } },
  spec: { type: 'LoadBalancer', ports: [{ port: 80 }], ...spec },
});
const annotated = (key: string): Raw => service({}, { annotations: { [key]: 'a' } });

const ROWS: readonly (readonly [says: string, raw: Raw, found: readonly string[], fix?: RegExp])[] = [
  ['a Service as it should be', annotated('metallb.io/address-pool'), []],
  [
    'an annotation that is almost right',
    annotated('metallb.universe.tf/adress-pool'),
    ['A4 metadata.annotations["metallb.universe.tf/adress-pool"]'],
    /^Did you mean metallb\.universe\.tf\/address-pool\?$/,
  ],
  [
    'an annotation that nothing resembles',
    annotated('metallb.io/colour'),
    ['A4 metadata.annotations["metallb.io/colour"]'],
    /^Remove it/,
  ],
  [
    'a request that is a label',
    service({}, { labels: { 'metallb.io/address-pool': 'a' } }),
    ['A4 metadata.labels["metallb.io/address-pool"]'],
    /under metadata\.annotations/,
  ],
  [
    'a field that is almost right',
    service({ loadBalancerIp: '192.0.2.1' }),
    ['A5 spec.loadBalancerIp'],
    /loadBalancerIP\?$/,
  ],
  ['a field of another object', service({ replicas: 3 }), ['A5 spec.replicas'], /^Remove it/],
  [
    'a type in the wrong case',
    service({ type: 'Loadbalancer' }),
    ['A5 spec.type'],
    /^Did you mean LoadBalancer\?$/,
  ],
  [
    'a policy that does not exist',
    service({ externalTrafficPolicy: 'Global' }),
    ['A5 spec.externalTrafficPolicy'],
    /^Did you mean Local\?$/,
  ],
  ['a value of another type', service({ type: 7 }), ['A5 spec.type']],
  [
    'a field of a port that does not exist',
    service({
      ports: [
        { port: 80, targetPort: 8080 },
        { port: 443, targtPort: 8443 },
      ],
    }),
    ['A5 spec.ports[1].targtPort'],
    /^Did you mean targetPort\?$/,
  ],
  [
    'several mistakes at once',
    service({ type: 'loadbalancer', loadbalancerip: '' }),
    ['A5 spec.loadbalancerip', 'A5 spec.type'],
  ],
  [
    'an AddressPool',
    { apiVersion: 'metallb.io/v1beta1', kind: 'AddressPool', metadata: { name: 'old' }, spec: {} },
    ['A6 kind'],
    /berth convert/,
  ],
  [
    'an AddressPool of somebody else',
    { apiVersion: 'example.com/v1', kind: 'AddressPool', metadata: { name: 'x' } },
    [],
  ],
  ['a Service of Knative', { ...service({ template: {} }), apiVersion: 'serving.knative.dev/v1' }, []],
];

describe('mistakes in objects as they are written', () => {
  for (const [says, raw, wanted, fix] of ROWS)
    it(says, () => {
      const found = findObjectMistakes([raw]);
      assert.deepEqual(found.map(({ code, field }) => `${code} ${field}`).sort(), wanted);
      if (fix !== undefined) assert.match(found[0]?.remedy ?? '', fix);
      for (const { code, field, edits } of found.filter((one) => one.edits.length > 0)) {
        const after = findObjectMistakes(applyEdits([raw], edits));
        assert.equal(after.length, found.length - 1, `${code} ${field}`);
      }
    });
});

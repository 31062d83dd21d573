import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeRef, parseRef, refOf } from '../../../src/cli/cluster/resource-ref.ts';

const defaultNamespaces = { services: 'shop', pools: 'metallb-system' };

const named: readonly [text: string, want: string][] = [
  ['service/web', 'Service shop/web'],
  ['svc/other/web', 'Service other/web'],
  ['Services/web', 'Service shop/web'],
  ['ipaddresspool/first', 'IPAddressPool metallb-system/first'],
  ['pool/first', 'IPAddressPool metallb-system/first'],
  ['IPAddressPool/elsewhere/first', 'IPAddressPool elsewhere/first'],
  ['ns/shop', 'Namespace shop'],
  ['ipaddresspool.metallb.io/first', 'IPAddressPool metallb-system/first'],
  ['l2advertisement/x', 'L2Advertisement metallb-system/x'],
];

const refused: readonly [text: string, want: RegExp][] = [
  ['deployment/web', /no address depends on a "deployment"; known are Service, /],
  ['servce/web', /did you mean service\?/],
  ['everyday', /"everyday" has no kind: write KIND\/NAME, such as ipaddresspool\/everyday/],
  ['ipaddresspol', /did you mean ipaddresspool\?/],
  ['ipaddresspool.metalb.io/x', /is of the group metallb\.io; write ipaddresspool\.metallb\.io/],
  ['service.serving.knative.dev/web', /is of the core of Kubernetes; write service$/],
  ['service', /should be KIND\/NAME or KIND\/NAMESPACE\/NAME/],
  ['service/', /should be KIND\/NAME/],
  ['service/a/', /should be KIND\/NAME/],
  ['service/a/b/c', /should be KIND\/NAME/],
  ['ns/a/b', /"ns\/a\/b" should be KIND\/NAME$/],
];

describe('what people name', () => {
  for (const [text, want] of named) {
    it(`${text} is ${want}`, () => {
      const ref = parseRef(text, defaultNamespaces);
      assert.ok(ref.ok, JSON.stringify(ref));
      assert.equal(describeRef(ref.value), want);
    });
  }
  for (const [text, want] of refused) {
    it(`${text} is not understood`, () => {
      const ref = parseRef(text, defaultNamespaces);
      assert.ok(!ref.ok);
      assert.match(ref.error, want);
    });
  }
});

describe('where an object is', () => {
  const rows: readonly [
    apiVersion: string,
    kind: string,
    namespace: string | undefined,
    want: string | null,
  ][] = [
    ['v1', 'Service', undefined, 'Service shop/x'],
    ['v1', 'Service', 'other', 'Service other/x'],
    ['serving.knative.dev/v1', 'Service', undefined, null],
    ['metallb.io/v1beta1', 'IPAddressPool', undefined, 'IPAddressPool metallb-system/x'],
    ['v1', 'Namespace', undefined, 'Namespace x'],
    ['v1', 'ConfigMap', undefined, null],
  ];
  for (const [apiVersion, kind, namespace, want] of rows) {
    it(`${apiVersion} ${kind} ${namespace ?? ''}`, () => {
      const ref = refOf({ apiVersion, kind, metadata: { name: 'x', namespace } }, defaultNamespaces);
      assert.equal(ref === null ? null : describeRef(ref), want);
    });
  }
});

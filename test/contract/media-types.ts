/** Contract: bodies as YAML and as protobuf. */

import assert from 'node:assert/strict';
import {
  booleanField,
  bytesField,
  numberField,
  textField,
} from '../../src/apiserver/wire/protobuf-writer.ts';
import { assertIncludes, type ContractRow, configMap } from './fixture.ts';

const PROTOBUF = { type: 'application/vnd.kubernetes.protobuf' };

/** A `runtime.Unknown` with its prefix: apiVersion and kind, and the fields of the object. */
const protobuf = (apiVersion: string, kind: string, ...fields: readonly Buffer[]): Buffer =>
  Buffer.concat([
    Buffer.from('k8s\0'),
    bytesField(1, Buffer.concat([textField(1, apiVersion), textField(2, kind)])),
    bytesField(2, Buffer.concat(fields)),
  ]);

const EMPTY = Buffer.alloc(0);

/** As Go encodes it: values that are unset are sent as '' and 0, and the zero time as a message without fields. */
const metadata = (name: string): Buffer =>
  bytesField(
    1,
    Buffer.concat([
      textField(1, name),
      ...[2, 3, 4, 5, 6].map((number) => bytesField(number, EMPTY)),
      numberField(7, 0),
      bytesField(8, EMPTY),
    ]),
  );

const mapEntry = (number: number, key: string, value: string): Buffer =>
  bytesField(number, Buffer.concat([textField(1, key), bytesField(2, Buffer.from(value))]));

const servicePort = Buffer.concat([
  textField(1, 'http'),
  bytesField(2, EMPTY),
  numberField(3, 80),
  bytesField(4, Buffer.concat([numberField(1, 1), numberField(2, 0), textField(3, 'web')])),
  numberField(5, 0),
]);

const serviceSpec = Buffer.concat([
  bytesField(1, servicePort),
  mapEntry(2, 'app', 'web'),
  bytesField(3, EMPTY),
  textField(4, 'LoadBalancer'),
  ...[7, 8, 10, 11].map((number) => bytesField(number, EMPTY)),
  numberField(12, 0),
  booleanField(13, false),
  // A pointer: false is not the same as unset.
  booleanField(20, false),
]);

export const mediaTypes: readonly ContractRow[] = [
  [
    'protobuf: a ConfigMap',
    async (api) => {
      const body = protobuf(
        'v1',
        'ConfigMap',
        metadata('a'),
        mapEntry(2, 'x', '1'),
        mapEntry(3, 'y', '\x00\xff'),
      );
      const created = await api.must('POST', 'configmaps', body, PROTOBUF);
      assert.deepEqual([created.data, created.binaryData], [{ x: '1' }, { y: 'AMO/' }]);
      assert.deepEqual(created, await api.get('configmaps/a'));
      const { managedFields: _managed, ...meta } = created.metadata;
      assert.deepEqual(Object.keys(meta).sort(), [
        'creationTimestamp',
        'name',
        'namespace',
        'resourceVersion',
        'uid',
      ]);
    },
  ],
  [
    'protobuf: a Service gets the same defaults as from JSON',
    async (api) => {
      const body = protobuf('v1', 'Service', metadata('a'), bytesField(2, serviceSpec), bytesField(3, EMPTY));
      const created = await api.must('POST', 'services', body, PROTOBUF);
      assertIncludes(created.spec, {
        type: 'LoadBalancer',
        selector: { app: 'web' },
        allocateLoadBalancerNodePorts: false,
        sessionAffinity: 'None',
        ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 'web' }],
      });
      assert.equal(created.spec.publishNotReadyAddresses, undefined);
    },
  ],
  [
    'protobuf: times, and a PUT',
    async (api) => {
      const time = bytesField(3, Buffer.concat([numberField(1, 1_700_000_000), numberField(2, 123_456_789)]));
      const spec = Buffer.concat([textField(1, 'me'), numberField(2, 15), time]);
      await api.must('POST', 'leases', { metadata: { name: 'a' }, spec: {} });
      const { resourceVersion } = (await api.get('leases/a')).metadata;
      const meta = bytesField(1, Buffer.concat([textField(1, 'a'), textField(6, resourceVersion)]));
      const body = protobuf('coordination.k8s.io/v1', 'Lease', meta, bytesField(2, spec));
      assert.deepEqual((await api.must('PUT', 'leases/a', body, PROTOBUF)).spec, {
        holderIdentity: 'me',
        leaseDurationSeconds: 15,
        acquireTime: '2023-11-14T22:13:20.123456Z',
      });
    },
  ],
  [
    'protobuf: the options of a deletion',
    async (api) => {
      await api.must('POST', 'configmaps', configMap('a'));
      const wrongUid = bytesField(2, textField(1, 'nobody'));
      await api.mustRefuse(
        api.call('DELETE', 'configmaps/a', protobuf('v1', 'DeleteOptions', wrongUid), PROTOBUF),
        409,
        'Conflict',
        'the UID in the precondition (nobody) does not match',
      );
      await api.must('DELETE', 'configmaps/a', protobuf('v1', 'DeleteOptions'), PROTOBUF);
    },
  ],
  [
    'protobuf: another prefix is a bad request',
    async (api) => {
      const body = protobuf('v1', 'ConfigMap', metadata('a')).subarray(1);
      await api.mustRefuse(api.call('POST', 'configmaps', body, PROTOBUF), 400, 'BadRequest');
    },
  ],
  [
    'protobuf: a body that ends too early is a bad request',
    async (api) => {
      const body = protobuf('v1', 'ConfigMap', metadata('a')).subarray(0, -1);
      await api.mustRefuse(api.call('POST', 'configmaps', body, PROTOBUF), 400, 'BadRequest');
    },
  ],
  [
    'YAML: a ConfigMap',
    async (api) => {
      const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: "1"}\n';
      const created = await api.must('POST', 'configmaps', body, { type: 'application/yaml' });
      assert.deepEqual(created.data, { x: '1' });
    },
  ],
  [
    'an unknown type is refused',
    async (api) => {
      await api.mustRefuse(
        api.call('POST', 'configmaps', configMap('a'), { type: 'text/plain' }),
        415,
        'UnsupportedMediaType',
      );
    },
  ],
];

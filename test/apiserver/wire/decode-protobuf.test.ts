/** Tests the decoder for protobuf bodies on what the contract does not send. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { kubeTypes } from '../../../src/apiserver/kube-types/kube-types.ts';
import { decodeProtobuf } from '../../../src/apiserver/wire/decode-protobuf.ts';
import { bytesField, numberField, textField } from '../../../src/apiserver/wire/protobuf-writer.ts';
import { underSeeds } from '../../support/random.ts';

const EMPTY = Buffer.alloc(0);

const body = (apiVersion: string, kind: string, ...fields: readonly Buffer[]): Buffer =>
  Buffer.concat([
    Buffer.from('k8s\0'),
    bytesField(1, Buffer.concat([textField(1, apiVersion), textField(2, kind)])),
    bytesField(2, Buffer.concat(fields)),
  ]);

const decoded = (bytes: Buffer): unknown => {
  const result = decodeProtobuf(bytes);
  assert.ok(result.ok, result.ok ? '' : result.error);
  return result.value;
};

const template = (volume: Buffer): Buffer =>
  bytesField(2, bytesField(3, bytesField(2, bytesField(1, volume))));

const ROWS: readonly (readonly [string, Buffer, unknown])[] = [
  [
    'a member without a name gives its fields to its parent',
    body(
      'apps/v1',
      'Deployment',
      template(Buffer.concat([textField(1, 'v'), bytesField(2, bytesField(2, EMPTY))])),
    ),
    { spec: { template: { spec: { volumes: [{ name: 'v', emptyDir: {} }] } } } },
  ],
  [
    'a zero that is a pointer is kept',
    body('apps/v1', 'Deployment', bytesField(2, Buffer.concat([numberField(1, 0), numberField(5, 0)]))),
    { spec: { replicas: 0 } },
  ],
  [
    'a number or a text',
    body(
      'policy/v1',
      'PodDisruptionBudget',
      bytesField(
        2,
        Buffer.concat([
          bytesField(1, Buffer.concat([numberField(1, 0), numberField(2, 3)])),
          bytesField(3, Buffer.concat([numberField(1, 1), textField(3, '50%')])),
        ]),
      ),
    ),
    { spec: { minAvailable: 3, maxUnavailable: '50%' } },
  ],
  [
    'quantities',
    body(
      'v1',
      'Node',
      bytesField(3, bytesField(1, Buffer.concat([textField(1, 'cpu'), bytesField(2, textField(1, '4'))]))),
    ),
    { status: { capacity: { cpu: '4' } } },
  ],
  [
    'JSON within protobuf, and a schema within a schema',
    body(
      'apiextensions.k8s.io/v1',
      'CustomResourceDefinition',
      bytesField(
        2,
        bytesField(
          7,
          bytesField(
            4,
            bytesField(
              1,
              Buffer.concat([
                textField(5, 'array'),
                bytesField(8, textField(1, '[1]')),
                bytesField(24, bytesField(1, textField(5, 'integer'))),
                bytesField(30, numberField(1, 1)),
              ]),
            ),
          ),
        ),
      ),
    ),
    {
      spec: {
        versions: [
          {
            schema: {
              openAPIV3Schema: {
                type: 'array',
                default: [1],
                items: { type: 'integer' },
                additionalProperties: true,
              },
            },
          },
        ],
      },
    },
  ],
  [
    'a field of a newer client is skipped',
    body(
      'v1',
      'ConfigMap',
      textField(900, 'new'),
      bytesField(2, Buffer.concat([textField(1, 'x'), textField(2, '1')])),
    ),
    { data: { x: '1' } },
  ],
  [
    'the key __proto__ is a key',
    body('v1', 'ConfigMap', bytesField(2, Buffer.concat([textField(1, '__proto__'), textField(2, '1')]))),
    { data: JSON.parse('{"__proto__":"1"}') },
  ],
];

describe('a protobuf body', () => {
  for (const [title, bytes, expected] of ROWS) {
    it(title, () => {
      const { apiVersion: _version, kind: _kind, ...rest } = decoded(bytes) as Record<string, unknown>;
      assert.deepEqual(rest, expected);
    });
  }

  it('of an unknown kind is refused with its name', () => {
    const result = decodeProtobuf(body('batch/v1', 'Job'));
    assert.deepEqual(result, { ok: false, error: 'no kind "Job" is registered for version "batch/v1"' });
  });

  it('never fails in another way than with a sentence, whatever its octets (law)', () => {
    const whole = ROWS.map(([, bytes]) => bytes);
    underSeeds(300, 5000, (random) => {
      const bytes = Buffer.from(random.pick(whole));
      for (let n = random.below(4); n >= 0; n--) bytes[random.below(bytes.length)] = random.below(256);
      const result = decodeProtobuf(bytes.subarray(0, random.below(bytes.length + 1)));
      if (!result.ok) assert.equal(typeof result.error, 'string');
    });
  });
});

describe('the field tables', () => {
  it('refer to types that they have', () => {
    const types = kubeTypes();
    for (const { name, fields } of types.values()) {
      for (const field of fields) {
        const inner = 'of' in field.type ? field.type.of : field.type;
        if (inner.kind === 'type') assert.ok(types.has(inner.name), `${name} refers to ${inner.name}`);
      }
    }
  });

  it('give each number of a type once', () => {
    for (const { name, fields } of kubeTypes().values())
      assert.equal(new Set(fields.map(({ number }) => number)).size, fields.length, name);
  });
});

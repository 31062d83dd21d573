import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { runConvert } from '../../../src/cli/convert/run.ts';
import { runCommand } from '../support/run-command.ts';

const LEGACY_CONFIG = `address-pools:
- name: Lan_Pool
  protocol: layer2
  addresses: [10.1.0.0/24]
`;

const configMap = (text: string, namespace = 'lb'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config, namespace: ${namespace}}\ndata:\n  config: |\n${text.replace(/^/gm, '    ')}\n`;

const convert = (stdin: string, ...args: readonly string[]) =>
  runCommand(runConvert, ['-f', '-', ...args], { stdin });

const objects = (out: string) =>
  parseAllDocuments(out).map((document) => {
    const { kind, metadata, spec } = document.toJS();
    return [kind, metadata.namespace, metadata.name, spec];
  });

const wanted = (namespace: string) => [
  ['IPAddressPool', namespace, 'lan-pool', { addresses: ['10.1.0.0/24'] }],
  ['L2Advertisement', namespace, 'l2advertisement1', { ipAddressPools: ['lan-pool'] }],
];

describe('convert', () => {
  const sources: readonly [says: string, text: string, namespace: string][] = [
    ['the text alone', LEGACY_CONFIG, 'metallb-system'],
    ['a ConfigMap', configMap(LEGACY_CONFIG), 'lb'],
    [
      'a ConfigMap in JSON',
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'config' },
        data: { config: LEGACY_CONFIG },
      }),
      'metallb-system',
    ],
    [
      'a List with the ConfigMap in it',
      `apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: other}, data: {x: y}}\n- ${JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config' }, data: { config: LEGACY_CONFIG } })}\n`,
      'metallb-system',
    ],
  ];
  for (const [says, text, namespace] of sources) {
    it(`takes ${says}, and warns of renamed pools`, async () => {
      const ran = await convert(text);
      assert.equal(ran.code, 0, ran.err);
      assert.deepEqual(objects(ran.out), wanted(namespace));
      assert.equal(
        ran.err,
        'berth convert: the pool "Lan_Pool" is renamed to lan-pool: change Services that request it by its old name\n',
      );
    });
  }

  it('prints one List as JSON, in the namespace of the flag', async () => {
    const ran = await convert(configMap(LEGACY_CONFIG), '-o', 'json', '--pool-namespace', 'here');
    const { kind, items } = JSON.parse(ran.out);
    assert.deepEqual(
      [kind, items.length, items[0].metadata],
      ['List', 2, { name: 'lan-pool', namespace: 'here' }],
    );
  });

  const refused: readonly [says: string, text: string, err: readonly RegExp[]][] = [
    [
      'an invalid configuration, each with its path',
      'peers:\n- my-asn: x\n  peer-adress: 1\naddress-pools: [{name: a, protocol: l2}]\n',
      [
        /^berth convert: standard input: peers\[0\]\.my-asn: /m,
        /peers\[0\]\.peer-adress: is not a known field/,
        /address-pools\[0\]\.protocol: "l2" is no known protocol: did you mean "layer2"\?/,
      ],
    ],
    ['no YAML', 'a: [\n', [/^berth convert: standard input: is not YAML at line 2, column 1/]],
    ['an empty text', '', [/is empty/]],
    [
      'another object',
      'apiVersion: v1\nkind: Secret\nmetadata: {name: x}\n',
      [/holds no ConfigMap with a key "config"/],
    ],
    [
      'a ConfigMap without the key',
      configMap(LEGACY_CONFIG).replace('  config:', '  conifg:'),
      [/standard input:1: data\.config: is required: found "conifg"; did you mean "conifg" to be it\?/],
    ],
  ];
  for (const [says, text, wants] of refused) {
    it(`prints only errors for ${says}`, async () => {
      const ran = await convert(text);
      assert.deepEqual([ran.code, ran.out], [1, '']);
      for (const want of wants) assert.match(ran.err, want);
    });
  }

  it('requires one file', async () => {
    const ran = await runCommand(runConvert, []);
    assert.deepEqual([ran.code, ran.out], [2, '']);
    assert.match(ran.err, /name one file: -f FILE, or -f - for standard input/);
  });
});

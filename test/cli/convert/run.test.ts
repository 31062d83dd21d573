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

const indent = (text: string): string => text.replace(/^(?=.)/gm, '  ');

/** The same configuration as a field of other things. */
const INLINE = indent(LEGACY_CONFIG);
const valuesFile = (inline: string): string => `configInline:\n${inline}`;
const helmRelease = (inline: string): string =>
  `apiVersion: helm.toolkit.fluxcd.io/v2beta1\nkind: HelmRelease\nmetadata: {name: metallb, namespace: networking}\nspec:\n  values:\n${indent(indent(valuesFile(inline)))}`;
const application = (source: string): string =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: metallb, namespace: argocd}\nspec:\n  destination: {namespace: lb}\n  source:\n${indent(indent(source))}`;

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
    ['a values file of the chart', valuesFile(INLINE), 'metallb-system'],
    ['values of a chart that has it as a part', `metallb:\n${indent(valuesFile(INLINE))}`, 'metallb-system'],
    ['a HelmRelease', helmRelease(INLINE), 'networking'],
    [
      'a HelmRelease with another target',
      helmRelease(INLINE).replace('spec:', 'spec:\n  targetNamespace: lb'),
      'lb',
    ],
    [
      'an Application with values as a text',
      application(`helm:\n  values: |\n${indent(indent(valuesFile(INLINE)))}`),
      'lb',
    ],
    [
      'an Application with values as an object',
      application(`helm:\n  valuesObject:\n${indent(indent(valuesFile(INLINE)))}`),
      'lb',
    ],
    [
      'an Application with single values, as of --set',
      application(
        `helm:\n  parameters:\n${['name', 'protocol', 'addresses[0]']
          .map((field, index) => {
            const value = ['Lan_Pool', 'layer2', '10.1.0.0/24'][index];
            return `  - {name: "configInline.address-pools[0].${field}", value: ${value}}\n`;
          })
          .join('')}`,
      ),
      'lb',
    ],
    [
      'a HelmChart of k3s',
      `apiVersion: helm.cattle.io/v1\nkind: HelmChart\nmetadata: {name: metallb, namespace: kube-system}\nspec:\n  targetNamespace: lb\n  valuesContent: |\n${indent(indent(valuesFile(INLINE)))}`,
      'lb',
    ],
    [
      'an AddressPool',
      'apiVersion: metallb.io/v1beta1\nkind: AddressPool\nmetadata: {name: lan-pool, namespace: lb}\nspec: {protocol: layer2, addresses: [10.1.0.0/24]}\n',
      'lb',
    ],
  ];
  for (const [says, text, namespace] of sources) {
    it(`takes ${says}, and warns of renamed pools`, async () => {
      const ran = await convert(text);
      assert.equal(ran.code, 0, ran.err);
      assert.deepEqual(objects(ran.out), wanted(namespace));
      assert.equal(
        ran.err,
        text.includes('Lan_Pool')
          ? 'berth convert: the pool "Lan_Pool" is renamed to lan-pool: change Services that request it by its old name\n'
          : '',
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
      [
        /standard input: ConfigMap config: data\.config: is required: found "conifg"; did you mean "conifg" to be it\?/,
      ],
    ],
    [
      'two configurations in one input',
      `${helmRelease(INLINE)}---\n${valuesFile(INLINE)}`,
      [/holds 2 configurations: spec\.values\.configInline, configInline\. Pass one of them/],
    ],
    [
      'values that name a ConfigMap',
      'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: {values: {existingConfigMap: metallb-config}}\n',
      [/its values are in ConfigMap metallb-config: pass that/],
    ],
    [
      'values that are in another object',
      'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: {valuesFrom: [{kind: Secret, name: lb}]}\n',
      [/its values are in Secret lb: pass that/],
    ],
    [
      'values of a chart without an old configuration',
      'metallb: {speaker: {}}\n',
      [/holds no ConfigMap with/],
    ],
    ['an object without a field', '{}\n', [/holds no ConfigMap with/]],
    ['a configuration without a pool or a peer', 'address-pools: []\n', [/there is nothing to convert/]],
    [
      'a template that was not rendered',
      'address-pools:\n- name: a\n  protocol: layer2\n  addresses:\n  - {{ .Values.range }}\n',
      [/: is a template at line 5, column 5: "\{\{ \.Values\.range \}\}" was not filled in/],
    ],
    [
      'a mistake in the values of a chart, with its path',
      helmRelease(INLINE.replace('10.1.0.0/24', '10.1.0.0/40')),
      [/standard input: spec\.values\.configInline: address-pools\[0\]\.addresses\[0\]: .*above 32/],
    ],
    [
      'variables that were not filled in',
      LEGACY_CONFIG.replace('[10.1.0.0/24]', `["$\{RANGE}", "$\{A}-$\{B}", "$(VIP)/32", "<your range>"]`),
      ['RANGE', 'A', 'VIP', 'your range'].map(
        (name) => new RegExp(`${name}.*has a variable that was not filled in`),
      ),
    ],
  ];
  for (const [says, text, wants] of refused) {
    it(`prints only errors for ${says}`, async () => {
      const ran = await convert(text);
      assert.deepEqual([ran.code, ran.out], [1, '']);
      for (const want of wants) assert.match(ran.err, want);
    });
  }

  it('keeps what an AddressPool says about BGP', async () => {
    const spec = {
      ...{ protocol: 'bgp', addresses: ['10.1.0.0/24'], autoAssign: false },
      bgpAdvertisements: [{ aggregationLength: 30, localPref: 7, communities: ['64512:1'] }],
    };
    const text = JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [{ apiVersion: 'metallb.io/v1beta1', kind: 'AddressPool', metadata: { name: 'a' }, spec }],
    });
    const { out, err } = await convert(text);
    assert.equal(err, '');
    assert.deepEqual(objects(out), [
      ['IPAddressPool', 'metallb-system', 'a', { addresses: ['10.1.0.0/24'], autoAssign: false }],
      [
        'BGPAdvertisement',
        'metallb-system',
        'bgpadvertisement1',
        { ipAddressPools: ['a'], aggregationLength: 30, localPref: 7, communities: ['64512:1'] },
      ],
    ]);
  });

  it('requires one file', async () => {
    const ran = await runCommand(runConvert, []);
    assert.deepEqual([ran.code, ran.out], [2, '']);
    assert.match(ran.err, /name one file: -f FILE, or -f - for standard input/);
  });
});

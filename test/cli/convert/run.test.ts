import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { runConvert } from '../../../src/cli/convert/run.ts';
import {
  application,
  configMap,
  convert,
  helmRelease,
  INLINE,
  indent,
  indentBy,
  LEGACY_CONFIG,
  valuesFile,
} from '../support/old-configurations.ts';
import { runCommand } from '../support/run-command.ts';

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
      'a HelmChart of k3s with single values',
      `apiVersion: helm.cattle.io/v1\nkind: HelmChart\nmetadata: {name: metallb, namespace: kube-system}\nspec:\n  targetNamespace: lb\n  set:\n    configInline.address-pools[0].name: Lan_Pool\n    configInline.address-pools[0].protocol: layer2\n    configInline.address-pools[0].addresses[0]: 10.1.0.0/24\n`,
      'lb',
    ],
    [
      'a HelmChartConfig of k3s, which does not say where the chart is installed',
      `apiVersion: helm.cattle.io/v1\nkind: HelmChartConfig\nmetadata: {name: metallb, namespace: kube-system}\nspec:\n  valuesContent: |\n${indent(indent(valuesFile(INLINE)))}`,
      'metallb-system',
    ],
    [
      'an ApplicationSet',
      `apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: metallb, namespace: argocd}\nspec:\n  template:\n    spec:\n      destination: {namespace: lb}\n      source:\n        helm:\n          values: |\n${indentBy(6, valuesFile(INLINE))}`,
      'lb',
    ],
    [
      'an Application that does not say where it deploys',
      application(`helm:\n  values: |\n${indent(indent(valuesFile(INLINE)))}`).replace(
        / {2}destination.*\n/,
        '',
      ),
      'metallb-system',
    ],
    [
      'a ConfigMap with a values file for Flux',
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: values, namespace: flux-system}\ndata:\n  values.yaml: |\n${indent(indent(valuesFile(INLINE)))}`,
      'metallb-system',
    ],
    [
      'charts of a Kustomization',
      `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nhelmCharts:\n- name: metallb\n  namespace: lb\n  valuesInline:\n${indent(indent(valuesFile(INLINE)))}`,
      'lb',
    ],
    [
      'a ConfigMap that a Kustomization generates',
      `kind: Kustomization\nnamespace: lb\nconfigMapGenerator:\n- name: config\n  literals:\n  - |\n    config=address-pools:\n${indent(indent(LEGACY_CONFIG.replace('address-pools:\n', '')))}`,
      'lb',
    ],
    [
      'a patch of a Kustomization',
      `kind: Kustomization\npatches:\n- patch: |\n${indent(indent(configMap(LEGACY_CONFIG)))}`,
      'lb',
    ],
    [
      'a JSON patch of a Kustomization',
      `kind: Kustomization\nnamespace: lb\npatches:\n- patch: |\n    - op: replace\n      path: /data/config\n      value: |\n${indentBy(4, LEGACY_CONFIG)}`,
      'lb',
    ],
    [
      'a task of Ansible',
      `- name: pools\n  k8s:\n    definition:\n${indentBy(3, configMap(LEGACY_CONFIG))}`,
      'lb',
    ],
    [
      'a ConfigMap inside of another, as of a ClusterResourceSet',
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: crs, namespace: default}\ndata:\n  metallb.yaml: |\n${indent(indent(configMap(LEGACY_CONFIG)))}`,
      'lb',
    ],
    [
      'a ConfigMap that kubectl has annotated with itself',
      configMap(LEGACY_CONFIG).replace(
        'name: config,',
        `name: config, annotations: {last: ${JSON.stringify(JSON.stringify({ kind: 'ConfigMap', data: { config: LEGACY_CONFIG } }))}},`,
      ),
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

  it('names objects beside an AddressPool that need no conversion', async () => {
    const pool =
      'apiVersion: metallb.io/v1beta1\nkind: AddressPool\nmetadata: {name: a}\nspec: {protocol: bgp, addresses: [10.1.0.0/24]}\n';
    const peer = 'apiVersion: metallb.io/v1beta1\nkind: BGPPeer\nmetadata: {name: tor, namespace: lb}\n';
    const { code, out, err } = await convert(`${pool}---\n${peer}`);
    assert.deepEqual([code, objects(out).map(([kind]) => kind)], [0, ['IPAddressPool', 'BGPAdvertisement']]);
    assert.equal(err, 'berth convert: BGPPeer lb/tor needs no conversion, and is not in the output\n');
  });

  it('requires one file', async () => {
    const ran = await runCommand(runConvert, []);
    assert.deepEqual([ran.code, ran.out], [2, '']);
    assert.match(ran.err, /name one file: -f FILE, or -f - for standard input/);
  });
});

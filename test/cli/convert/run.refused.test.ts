import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  application,
  configMap,
  convert,
  helmRelease,
  INLINE,
  LEGACY_CONFIG,
  valuesFile,
} from '../support/old-configurations.ts';

const ENCRYPTED = 'ENC[AES256_GCM,data:abc=,iv:x=,tag:y=,type:str]';

describe('convert, on what it cannot convert', () => {
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
        /standard input: ConfigMap lb\/config: data\.config: is required: found "conifg"; did you mean "conifg" to be it\?/,
      ],
    ],
    [
      'two configurations in one input',
      `${helmRelease(INLINE)}---\n${valuesFile(INLINE)}`,
      [/holds 2 configurations: spec\.values\.configInline, configInline\. Pass one of them/],
    ],
    [
      'two ConfigMaps',
      `${configMap(LEGACY_CONFIG, 'a')}---\n${configMap(LEGACY_CONFIG, 'b')}`,
      [/holds 2 configurations: ConfigMap a\/config, ConfigMap b\/config\. Pass one of them/],
    ],
    [
      'AddressPools of two namespaces',
      ['a', 'b']
        .map(
          (name) =>
            `apiVersion: metallb.io/v1beta1\nkind: AddressPool\nmetadata: {name: p, namespace: ${name}}\n`,
        )
        .join('---\n'),
      [/holds AddressPools of 2 namespaces, "a", "b": MetalLB reads those of its own\./],
    ],
    [
      'objects that replaced the ConfigMap',
      'apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: p, namespace: lb}\n',
      [/no AddressPool: IPAddressPool lb\/p needs no conversion, as an object of metallb\.io/],
    ],
    [
      'a ConfigMap that is generated of a file',
      'kind: Kustomization\nconfigMapGenerator: [{name: config, files: [config=metallb/config.yaml]}]\n',
      [/its values are in the file metallb\/config\.yaml: pass that/],
    ],
    [
      'a values file of a chart beside it',
      'kind: Application\nspec: {source: {helm: {valueFiles: [prod.yaml]}}}\n',
      [/its values are in the file prod\.yaml: pass that/],
    ],
    [
      'values of an Application that are a template',
      application('helm:\n  values: |\n    configInline:\n      peers:\n      - {{ peer }}\n'),
      [/spec\.source\.helm\.values: is a template at line 3, column 5: "\{\{ peer \}\}" was not filled in/],
    ],
    [
      'a script with YAML in it',
      `kubectl apply -f - <<EOF\n${configMap(LEGACY_CONFIG)}EOF\n`,
      [
        /^berth convert: standard input: is not YAML alone at line 1, column 1: "kubectl .*<<EOF" begins other text/,
      ],
    ],
    [
      'Terraform with YAML in it',
      `resource "x" "y" {\n  values = [<<-EOT\n${valuesFile(INLINE)}EOT\n  ]\n}\n`,
      [
        /^berth convert: standard input: is not YAML alone at line 2, .*"values = \[<<-EOT" begins other text/,
      ],
    ],
    ['Markdown with YAML in it', `\`\`\`yaml\n${LEGACY_CONFIG}\`\`\`\n`, [/is not YAML alone at line 1/]],
    [
      'words that a tool replaces',
      LEGACY_CONFIG.replace('[10.1.0.0/24]', '@RANGE@'),
      [/is a template at line 4, column 14: "@RANGE@" was not filled in/],
    ],
    [
      'a loop of Jinja',
      configMap(`${LEGACY_CONFIG}{% if x %}\n`),
      [/ConfigMap lb\/config: is a template at line 5, column \d: "\{% if x %\}" was not filled in/],
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
      'values that are under another key of an object',
      'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: {valuesFrom: [{kind: Secret, name: lb, valuesKey: lb.yaml}]}\n',
      [/its values are in Secret lb, key lb\.yaml: pass that/],
    ],
    [
      'values that are in an object of the release, which is in its namespace',
      'apiVersion: helm.toolkit.fluxcd.io/v2beta2\nkind: HelmRelease\nmetadata: {name: lb, namespace: flux}\nspec: {targetNamespace: other, valuesFrom: [{kind: ConfigMap, name: lb}]}\n',
      [/its values are in ConfigMap flux\/lb: pass that/],
    ],
    [
      'a Kustomization whose resources hold it',
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [config.yaml]\nreplacements: [{path: ranges.yaml}]\n',
      [/a Kustomization stands for other objects: pass what kubectl kustomize prints of its folder/],
    ],
    [
      'a Secret that SOPS has encrypted',
      `apiVersion: v1\nkind: Secret\nmetadata: {name: values, namespace: flux-system}\nstringData: {values.yaml: "${ENCRYPTED}"}\nsops: {version: 3.8.1}\n`,
      [
        /input: Secret flux-system\/values is encrypted by SOPS: pass it decrypted, as sops --decrypt prints it/,
      ],
    ],
    [
      'a ConfigMap that SOPS has encrypted',
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config, namespace: lb}\ndata: {config: "${ENCRYPTED}"}\nsops: {version: 3.8.1}\n`,
      [/ConfigMap lb\/config is encrypted by SOPS/],
    ],
    [
      'a text in which SOPS has encrypted the passwords alone',
      `peers:\n- {peer-address: 10.0.0.1, peer-asn: 1, my-asn: 1, password: "${ENCRYPTED}"}\n`,
      [/the text is encrypted by SOPS/],
    ],
    [
      'variables of a template with other marks',
      LEGACY_CONFIG.replace('[10.1.0.0/24]', '["<< range >>"]'),
      [/"<< range >>" has a variable that was not filled in/],
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
      'variables in fields that are no address',
      `peers:\n- {peer-address: "$\{ROUTER}", my-asn: "{{ asn }}"}\naddress-pools:\n- {name: a, protocol: "[[ mode ]]", addresses: [__RANGE__]}\n`,
      [
        'peers\\[0\\]\\.peer-address',
        'peers\\[0\\]\\.my-asn',
        'address-pools\\[0\\]\\.protocol',
        'addresses\\[0\\]',
      ].map((field) => new RegExp(`${field}: ".*" has a variable that was not filled in`)),
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
});

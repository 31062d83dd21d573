import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatManifestProblem, parseManifests } from '../../src/manifests/parse-manifests.ts';
import { nameOf } from '../../src/objects/metadata.ts';

const read: readonly [
  says: string,
  text: string,
  want: readonly [location: string, kind: string, name: string][],
][] = [
  ['one document', 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\n', [['f.yaml:1', 'Service', 'a']]],
  [
    'several documents, empty ones and comments passed over',
    '# nothing\n---\napiVersion: v1\nkind: A\nmetadata: {name: a}\n---\n---\n# nothing\n---\napiVersion: v1\nkind: B\nmetadata: {name: b}\n',
    [
      ['f.yaml:3', 'A', 'a'],
      ['f.yaml:10', 'B', 'b'],
    ],
  ],
  ['an empty text', '', []],
  ['JSON', '{"apiVersion":"v1","kind":"A","metadata":{"name":"a"}}', [['f.yaml', 'A', 'a']]],
  ['JSON that is YAML after all', '{apiVersion: v1, kind: A, metadata: {name: a}}', [['f.yaml:1', 'A', 'a']]],
  [
    'a List of several kinds',
    'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: A, metadata: {name: a}}\n- {apiVersion: v1, kind: B, metadata: {name: b}}\n',
    [
      ['f.yaml:1: items[0]', 'A', 'a'],
      ['f.yaml:1: items[1]', 'B', 'b'],
    ],
  ],
  [
    'a list of one kind, whose items do not say it, as the API server answers',
    '{"apiVersion":"v1","kind":"ServiceList","items":[{"metadata":{"name":"a"}}]}',
    [['f.yaml: items[0]', 'Service', 'a']],
  ],
  [
    'a kustomization, which is no object',
    'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n',
    [],
  ],
  [
    'a name that the API server is to make',
    'apiVersion: v1\nkind: Pod\nmetadata: {generateName: p-}\n',
    [['f.yaml:1', 'Pod', '']],
  ],
  ['an empty list', 'apiVersion: v1\nkind: ServiceList\nitems: null\n', []],
  ['a List without items', 'apiVersion: v1\nkind: List\n', []],
  [
    'marks of a template inside of texts, which are data',
    'apiVersion: v1\nkind: A\nmetadata: {name: a}\ndata:\n  rule: |\n    {{ $labels.node }}\n  other: "{{ x }}"\n',
    [['f.yaml:1', 'A', 'a']],
  ],
  [
    'anchors and merge keys',
    'apiVersion: v1\nkind: A\nmetadata: &m {name: a}\nspec: {template: {<<: *m}}\n',
    [['f.yaml:1', 'A', 'a']],
  ],
  ['a byte order mark', '\uFEFFapiVersion: v1\nkind: A\nmetadata: {name: a}\n', [['f.yaml:1', 'A', 'a']]],
  [
    'lines that end the Windows way',
    'apiVersion: v1\r\nkind: A\r\nmetadata: {name: a}\r\n',
    [['f.yaml:1', 'A', 'a']],
  ],
];

const refused: readonly [says: string, text: string, want: readonly (string | RegExp)[]][] = [
  [
    'a mapping that goes wrong, with line and column',
    'kind: A\nmetadata:\n  name: a\n spec: {}\n',
    [/^f\.yaml:4:1: is not YAML: /],
  ],
  [
    'every document that is wrong',
    'a: [\n---\nb: {\n',
    [/^f\.yaml:2:1: is not YAML: /, /^f\.yaml:4:1: is not YAML: /],
  ],
  ['a tab for a blank', 'kind: A\n\tname: a\n', [/^f\.yaml:2:1: is not YAML: /]],
  [
    'the same key twice, by its name',
    'kind: A\nkind: B\n',
    ['f.yaml:2:1: is not YAML: the key "kind" is there twice, and only one of the two would count'],
  ],
  [
    'a template that was not rendered, where YAML takes it for a mapping',
    'apiVersion: v1\nkind: A\nmetadata:\n  name: {{ .Values.name }}\n',
    [
      'f.yaml:4:9: is a template: "{{ .Values.name }}" was not filled in; render it first, as by helm template',
    ],
  ],
  [
    'a template that is no YAML at all',
    'kind: A\nspec:\n  {{- if .Values.on }}\n  a: b\n  {{- end }}\n',
    [/^f\.yaml:3:\d+: is a template: "\{\{- if \.Values\.on \}\}" was not filled in/],
  ],
  [
    'items that are no list',
    'apiVersion: v1\nkind: ServiceList\nitems: {}\n',
    ['f.yaml:1: ServiceList: items is no list'],
  ],
  ['an alias without an anchor', 'kind: *nobody\n', [/^f\.yaml:1(:\d+)?: is not valid YAML/]],
  ['JSON that breaks off', '{"kind": "A",\n "metadata": {', [/^f\.yaml:2:\d+: is not YAML: /]],
  [
    'a text',
    'hello\n',
    ['f.yaml:1: is not a Kubernetes object: it needs apiVersion, kind and metadata.name'],
  ],
  [
    'a list without a kind',
    '- kind: A\n',
    ['f.yaml:1: is not a Kubernetes object: it needs apiVersion, kind and metadata.name'],
  ],
  ['neither kind nor apiVersion', 'a: b\n', [/it has no apiVersion and no kind$/]],
  ['no kind', 'apiVersion: v1\n', ['f.yaml:1: is not a Kubernetes object: it has no kind']],
  ['no version', '\n\nkind: A\n', ['f.yaml:3: is not a Kubernetes object: it has no apiVersion']],
  ['no name', 'apiVersion: v1\nkind: A\n', ['f.yaml:1: A has no metadata.name']],
  [
    'every item of a list that is wrong',
    '{"apiVersion":"v1","kind":"List","items":[7,{"kind":"A"}]}',
    [
      'f.yaml: items[0]: is not a Kubernetes object: it needs apiVersion, kind and metadata.name',
      'f.yaml: items[1]: is not a Kubernetes object: it has no apiVersion',
    ],
  ],
];

describe('manifests', () => {
  for (const [says, text, want] of read) {
    it(`reads ${says}`, async () => {
      const { manifests, problems } = await parseManifests(text, 'f.yaml');
      assert.deepEqual(problems, []);
      const found = manifests.map(({ location, object }) => [location, object['kind'], nameOf(object)]);
      assert.deepEqual(found, want);
    });
  }

  for (const [says, text, want] of refused) {
    it(`reports ${says}`, async () => {
      const good = 'apiVersion: v1\nkind: Good\nmetadata: {name: good}\n';
      const withGood = text.startsWith('{') ? text : `${good}---\n${text}`;
      const { manifests, problems } = await parseManifests(withGood, 'f.yaml');
      assert.deepEqual(
        manifests.map(({ object }) => nameOf(object)),
        withGood === text ? [] : ['good'],
      );
      const texts = (await parseManifests(text, 'f.yaml')).problems.map(formatManifestProblem);
      assert.equal(texts.length, want.length, texts.join('\n'));
      assert.equal(problems.length, want.length);
      for (const [index, one] of want.entries()) {
        if (typeof one === 'string') assert.equal(texts[index], one);
        else assert.match(texts[index] ?? '', one);
      }
    });
  }

  it('does not expand nested aliases until the memory is full', async () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`,
    );
    const { problems } = await parseManifests(`l0: &l0 x\n${levels.join('\n')}\n`, 'f.yaml');
    assert.match(problems[0]?.message ?? '', /^is not valid YAML: Excessive alias count/);
  });
});

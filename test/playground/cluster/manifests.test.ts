import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { metadataOf } from '../../../src/objects/metadata.ts';
import { parseManifestYaml } from '../../../src/playground/cluster/manifests.ts';

const service = (name: string): string => `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\n`;

/** `name@place` of what could be read, and `place: says` of what could not. */
async function read(text: string): Promise<readonly string[]> {
  const { manifests, problems } = await parseManifestYaml('a.yaml', text);
  return [
    ...manifests.map(({ object, location }) => `${String(metadataOf(object)['name'])}@${location}`),
    ...problems.map(({ location, message }) => `${location}: ${message}`),
  ];
}

describe('what can be read', () => {
  const rows: readonly [says: string, text: string, want: readonly string[]][] = [
    ['one document', service('a'), ['a@a.yaml:1']],
    [
      'several, each with its line',
      `# first\n${service('a')}---\n\n${service('b')}`,
      ['a@a.yaml:2', 'b@a.yaml:7'],
    ],
    [
      'a List',
      `apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: p}}`,
      ['p@a.yaml:1'],
    ],
    ['JSON', '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}}', ['p@a.yaml:1']],
    ['nothing', '', []],
    ['comments and separators alone', '# here\n---\n# and there\n---\n', []],
    [
      'a kustomization is passed over',
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n',
      [],
    ],
    [
      'a name that the server is to make',
      'apiVersion: v1\nkind: Pod\nmetadata: {generateName: p-}\n',
      ['undefined@a.yaml:1'],
    ],
  ];
  for (const [says, text, want] of rows) it(says, async () => assert.deepEqual(await read(text), want));
});

describe('what cannot is told with its line, and the rest is read all the same', () => {
  const rows: readonly [says: string, text: string, complaint: RegExp][] = [
    ['a bracket that is never closed', 'spec: [1, 2\n', /^a\.yaml:\d+: is not YAML: at column \d+, /],
    ['a tab for a blank', 'metadata:\n\tname: x\n', /^a\.yaml:2: is not YAML/],
    ['the same field twice', 'kind: A\nkind: B\n', /^a\.yaml:2: is not YAML: .*unique/],
    ['a bare text', 'hello\n', /^a\.yaml:1: is no Kubernetes object: it needs the fields/],
    ['no kind', 'apiVersion: v1\nmetadata: {name: a}\n', /: without kind$/],
    ['neither kind nor name', 'apiVersion: v1\n', /: without kind, metadata\.name$/],
    ['an alias without its anchor', 'a: *nowhere\n', /^a\.yaml:1: is not YAML/],
  ];
  for (const [says, text, complaint] of rows) {
    it(says, async () => {
      const [good, bad, ...rest] = await read(`${text}---\n${service('good')}`);
      assert.match(good ?? '', /^good@a\.yaml:\d+$/);
      assert.match(bad ?? '', complaint);
      assert.deepEqual(rest, []);
    });
  }

  it('aliases of aliases do not fill the memory', async () => {
    const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i}, `.repeat(10)}]`);
    const [complaint] = await read(`l0: &l0 [1]\n${levels.join('\n')}\n`);
    assert.match(complaint ?? '', /^a\.yaml:1: is not YAML that can be read: /);
  });
});

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { withDefaultNamespace } from '../../../src/cli/cluster/resource-ref.ts';
import { readClusterManifests, readManifests } from '../../../src/cli/framework/files.ts';
import { nameOf } from '../../../src/objects/metadata.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const pool = (name: string, range: string, more = ''): string =>
  `apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: ${name}${more}}\nspec: {addresses: [${range}]}\n`;

type Read = {
  readonly names?: readonly string[];
  readonly errors?: readonly string[];
  readonly remarks?: readonly string[];
};

async function read(
  test: TestContext,
  files: Readonly<Record<string, string>>,
  recursive: boolean,
): Promise<Read> {
  const folder = createTempFolder(test, files);
  const remarks: string[] = [];
  const shown = (text: string): string => text.replaceAll(join(folder, '/'), '');
  const found = await readManifests([folder], {
    ...{ stdin: null, recursive, mayRecurse: true },
    place: (object) => withDefaultNamespace(object, { services: 'default', pools: 'lb' }),
    remark: (sentence) => remarks.push(shown(sentence)),
  });
  const said = remarks.length === 0 ? {} : { remarks };
  return found.ok
    ? { names: found.value.map(({ object }) => nameOf(object)), ...said }
    : { errors: found.error.map(shown), ...said };
}

describe('manifests of a folder', () => {
  const files = { 'a.yaml': pool('a', '10.0.0.0/24'), 'sub/b.yaml': pool('b', '10.0.1.0/24') };

  it('are those of the folder itself', async (test) =>
    assert.deepEqual(await read(test, { ...files, 'charts/x.txt': '', '.git/c.yaml': '' }, false), {
      names: ['a'],
      remarks: ['not read, since folders are not descended: sub; name what is to be read, or add -R'],
    }));

  it('are an error that names the folders where there are no others', async (test) => {
    const { errors = [] } = await read(test, { 'sub/b.yaml': files['sub/b.yaml'] }, false);
    assert.match(errors.join(), /: holds manifests only in its folders: name sub$/);
  });

  it('are those of subfolders, too, on request', async (test) =>
    assert.deepEqual(await read(test, files, true), { names: ['a', 'b'] }));

  it('are an error where there is none', async (test) => {
    const { errors = [] } = await read(test, { 'a.yaml': '# nothing yet\n' }, false);
    assert.equal(errors.length, 1);
    assert.match(errors[0] ?? '', /: there is no object in it$/);
  });
});

describe('two manifests of one object', () => {
  const rows: readonly [what: string, second: string, result: object, apiVersion?: string][] = [
    ['count once where they are equal', pool('a', '10.0.0.0/24'), { names: ['a'] }],
    [
      'are one where it is in the namespace of the other by default',
      pool('a', '10.0.9.0/24', ', namespace: lb'),
      { errors: ['b.yaml:1: IPAddressPool a is in a.yaml:1, too, and differs: leave one of them out'] },
    ],
    [
      'are named with both files where they differ',
      `# moved\n${pool('a', '10.0.9.0/24')}`,
      { errors: ['b.yaml:2: IPAddressPool a is in a.yaml:1, too, and differs: leave one of them out'] },
    ],
    [
      'differ in their fields twice',
      pool('a', '10.0.9.0/24').replace('spec:', 'spec: {}\nspec:'),
      {
        errors: [
          'b.yaml:5:1: is not YAML: the key "spec" is there twice, and only one of the two would count',
        ],
      },
    ],
    [
      'are two objects in two namespaces',
      pool('a', '10.0.9.0/24', ', namespace: other'),
      { names: ['a', 'a'] },
    ],
    [
      'are two objects in two API groups',
      pool('a', '10.0.9.0/24').replace('metallb.io', 'example.com'),
      { names: ['a', 'a'] },
    ],
    [
      'are one object in both groups of Calico',
      pool('a', '10.0.9.0/24').replace('metallb.io/v1beta1', 'crd.projectcalico.org/v1'),
      { errors: ['b.yaml:1: IPAddressPool a is in a.yaml:1, too, and differs: leave one of them out'] },
      'projectcalico.org/v3',
    ],
    [
      'count once in both groups of Calico where their spec is equal',
      pool('a', '10.0.0.0/24', ', uid: x').replace('metallb.io/v1beta1', 'crd.projectcalico.org/v1'),
      { names: ['a'] },
      'projectcalico.org/v3',
    ],
    [
      'are one object in two versions of a group',
      pool('a', '10.0.9.0/24').replace('v1beta1', 'v1beta2'),
      { errors: ['b.yaml:1: IPAddressPool a is in a.yaml:1, too, and differs: leave one of them out'] },
    ],
  ];
  for (const [what, second, result, apiVersion = 'metallb.io/v1beta1'] of rows) {
    it(what, async (test) =>
      assert.deepEqual(
        await read(
          test,
          { 'a.yaml': pool('a', '10.0.0.0/24').replace('metallb.io/v1beta1', apiVersion), 'b.yaml': second },
          false,
        ),
        result,
      ),
    );
  }
});

describe('files that are to be judged as a cluster', () => {
  const object = (apiVersion: string, kind: string): string =>
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x}\n`;
  const rows: readonly [what: string, text: string, error: RegExp | null][] = [
    ['may have a Service', object('v1', 'Service'), null],
    ['may have a kind that is misspelled, which is named later', object('metalb.io/v1beta1', 'Pool'), null],
    ['may have any object of Calico', object('projectcalico.org/v3', 'Tier'), null],
    ['are an error with a Deployment alone', object('apps/v1', 'Deployment'), /, only Deployment$/],
    [
      'are an error with a chart alone',
      `${object('apps/v1', 'Deployment')}---\n${object('helm.toolkit.fluxcd.io/v2', 'HelmRelease')}`,
      /, only Deployment, HelmRelease\. What a HelmRelease stands for is not in it: render it/,
    ],
  ];
  for (const [what, text, error] of rows) {
    it(what, async (test) => {
      const folder = createTempFolder(test, { 'a.yaml': text });
      const found = await readClusterManifests([folder], {
        ...{ stdin: null, recursive: false, mayRecurse: true },
        ...{ place: (object) => object, remark: () => {} },
      });
      if (error === null) assert.equal(found.ok, true);
      else assert.match(found.ok ? '' : found.error.join('\n'), error);
    });
  }
});

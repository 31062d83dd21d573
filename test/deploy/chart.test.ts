/** The chart gives the objects of the kustomize bases, and refuses with a sentence what it cannot do. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse, parseDocument } from 'yaml';
import { chartPages } from '../../dev/chart/readme.mjs';
import { root } from '../../dev/place.mjs';
import { findKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import {
  byId,
  CHART,
  helmPath,
  hooksOf,
  IMAGE,
  id,
  type Loose,
  likeChart,
  named,
  objectsOf,
  render,
  skipWithoutHelm,
  withoutHelm,
  withoutPolicies,
} from './support/chart.ts';

type MetallbValue = {
  readonly value: string;
  readonly is: 'taken' | 'renamed' | 'refused' | 'no effect';
  readonly to?: string;
  readonly why?: string;
  readonly unless?: unknown;
};

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const metallbValues: readonly MetallbValue[] = parse(read('charts/berth/metallb/values.yaml'));

/** The value at a path with dots, in a nest of maps. */
const nest = (path: string, value: unknown): Loose =>
  path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);

function merge(one: Loose, other: Loose): Loose {
  const merged = { ...one };
  for (const [name, value] of Object.entries<Loose>(other))
    merged[name] =
      typeof merged[name] === 'object' && merged[name] !== null ? merge(merged[name], value) : value;
  return merged;
}

const speakerOf = (objects: readonly Loose[]): Loose => byId(objects)['DaemonSet/berth-speaker'].spec;
const controllerOf = (objects: readonly Loose[]): Loose => byId(objects)['Deployment/berth-controller'].spec;

describe('the chart', { skip: skipWithoutHelm }, () => {
  for (const mode of ['controller-only', 'calico', 'native', 'layer2'])
    it(`gives the objects of deploy/${mode}`, () => {
      const parts = findKubernetesBinaries();
      assert.ok(parts.isAvailable);
      const text = execFileSync(parts.kubectl, ['kustomize', join(root, 'deploy', mode)], {
        encoding: 'utf8',
      });
      const charted = objectsOf(named(mode, withoutPolicies), '--namespace', 'elsewhere').map(withoutHelm);
      assert.deepEqual(byId(charted), likeChart(text, 'elsewhere'));
    });

  it('adds the policies of deploy/policies and deploy/validation', () => {
    const [all, some] = [objectsOf(named('native')), objectsOf(named('native', withoutPolicies))].map(
      (objects) => objects.map(id),
    );
    const added = all?.filter((one) => !some?.includes(one)).map((one) => one.split('/')[1]);
    assert.deepEqual(
      [...new Set(added)].sort(),
      ['berth-controller', 'berth-ipaddresspools', 'berth-speaker', 'berth-view-port'].sort(),
    );
  });

  it('keeps the CRDs when the release goes', () => {
    const crds = objectsOf(named('native')).filter(({ kind }) => kind === 'CustomResourceDefinition');
    assert.ok(crds.length > 9, `${crds.length} CRDs`);
    for (const { metadata } of crds) assert.equal(metadata.annotations['helm.sh/resource-policy'], 'keep');
    const none = objectsOf(named('native', { crds: { enabled: false } }));
    assert.deepEqual(none.filter(({ kind }) => kind === 'CustomResourceDefinition').map(id), []);
  });

  const effects: readonly [string, object, (objects: readonly Loose[]) => unknown, unknown][] = [
    [
      'a digest comes before the tag',
      { image: { repository: IMAGE, tag: '9', digest: `sha256:${'a'.repeat(64)}` } },
      (objects) => controllerOf(objects).template.spec.containers[0].image,
      `${IMAGE}@sha256:${'a'.repeat(64)}`,
    ],
    [
      'a class is an argument of both programs',
      { loadBalancerClass: 'berth.dev/one' },
      (objects) =>
        [controllerOf(objects), speakerOf(objects)].map(({ template }) =>
          template.spec.containers[0].args.filter((arg: string) => arg.startsWith('--lb-class')),
        ),
      [['--lb-class=berth.dev/one'], ['--lb-class=berth.dev/one']],
    ],
    [
      'a log level replaces the one of the manifest',
      { speaker: { logLevel: 'debug' } },
      (objects) =>
        speakerOf(objects).template.spec.containers[0].args.filter((arg: string) => /log/.test(arg)),
      ['--log-level=debug'],
    ],
    [
      'resources are merged',
      { controller: { resources: { limits: { memory: '1Gi' } } } },
      (objects) => controllerOf(objects).template.spec.containers[0].resources,
      { requests: { cpu: '25m', memory: '96Mi' }, limits: { memory: '1Gi' } },
    ],
    [
      'tolerations of speakers are added to those that they have',
      { speaker: { tolerations: [{ key: 'a', operator: 'Exists' }] } },
      (objects) => speakerOf(objects).template.spec.tolerations,
      [{ operator: 'Exists' }, { key: 'a', operator: 'Exists' }],
    ],
    [
      'speakers read only the Secrets that are listed',
      { speaker: { passwordSecrets: ['tor'] } },
      (objects) => byId(objects)['Role/berth-speaker-passwords'].rules[0].resourceNames,
      ['tor'],
    ],
    [
      'another port of the API server is let out',
      { networkpolicies: { apiPort: 7443 } },
      (objects) => byId(objects)['NetworkPolicy/berth-controller'].spec.egress.at(-1),
      { ports: [{ protocol: 'TCP', port: 7443 }] },
    ],
    [
      'labels of Pods never replace those that select them',
      { controller: { labels: { team: 'net', 'app.kubernetes.io/name': 'other' } } },
      (objects) => controllerOf(objects).template.metadata.labels,
      {
        ...{ team: 'net', 'app.kubernetes.io/name': 'berth' },
        'app.kubernetes.io/component': 'controller',
      },
    ],
  ];
  for (const [sentence, values, look, expected] of effects)
    it(sentence, () => assert.deepEqual(look(objectsOf(merge(named('native'), values))), expected));

  const refusals: readonly [string, object, readonly string[], RegExp][] = [
    ['a mode has to be chosen', { image: { repository: IMAGE } }, [], /- mode is "": set it to native/],
    ['an image has to be named', { mode: 'native' }, [], /- image\.repository is empty: name the image/],
    ['a misspelt value is named', named('native', { speakre: {} }), [], /'speakre' not allowed/],
    ['a mode that is none is named', named('bgp'), [], /\/mode/],
    [
      'policies need Kubernetes 1.30',
      named('native'),
      ['--kube-version', '1.29'],
      /policies\.enabled needs Kubernetes 1\.30 or newer, and this cluster has v1\.29/,
    ],
    [
      'a cluster that is too old is named by its version',
      named('native'),
      ['--kube-version', '1.26'],
      /chart requires kubeVersion: >=1\.27.*v1\.26/,
    ],
  ];
  for (const [sentence, values, flags, expected] of refusals)
    it(sentence, () => {
      const { code, stderr } = render(values, ...flags);
      assert.notEqual(code, 0);
      assert.match(stderr, expected);
    });

  it("refuses all of MetalLB's values at once that it cannot honour", () => {
    const impossible = metallbValues.filter(({ is }) => is === 'refused' || is === 'renamed');
    const given = impossible.reduce(
      (all, { value }) => merge(all, nest(value, 'given')),
      named('native') as Loose,
    );
    const { stderr } = render(given);
    for (const { value, to, why } of impossible)
      assert.ok(
        stderr.includes(`- ${value} of MetalLB's chart `) && stderr.includes(to ?? why ?? '?'),
        value,
      );
  });

  it("accepts MetalLB's values that ask for what it does anyway", () => {
    const harmless = metallbValues.filter(({ is, unless }) => is === 'no effect' || unless !== undefined);
    const given = harmless.reduce(
      (all, { value, unless }) => merge(all, nest(value, unless ?? {})),
      named('native') as Loose,
    );
    assert.deepEqual(objectsOf(given).map(id), objectsOf(named('native')).map(id));
  });

  it("has a value for each of MetalLB's that it takes", () => {
    const values = parseDocument(read('charts/berth/values.yaml'));
    for (const { value } of metallbValues.filter(({ is }) => is === 'taken'))
      assert.ok(values.hasIn(value.split('.')), value);
  });

  it('tests a release with the rights of a reader, which exist during the test alone', () => {
    for (const mode of ['controller-only', 'calico', 'native', 'layer2']) {
      const hooks = hooksOf(named(mode));
      const verbs = hooks.flatMap(({ rules = [] }) => rules.flatMap((rule: Loose) => rule.verbs));
      assert.deepEqual([...new Set(verbs)].sort(), ['get', 'list', 'watch']);
      const resources = hooks.flatMap(({ rules = [] }) => rules.flatMap((rule: Loose) => rule.resources));
      assert.ok(!resources.includes('secrets'), mode);
      for (const { metadata } of hooks)
        assert.match(metadata.annotations['helm.sh/hook-delete-policy'], /before-hook-creation/);
      const [container] = byId(hooks)['Pod/berth-test'].spec.containers;
      const image = controllerOf(objectsOf(named(mode))).template.spec.containers[0].image;
      assert.equal(container.image, image);
      assert.deepEqual(container.args, ['status', '--wait', '--timeout=120s', '--fail-on=errors']);
    }
  });

  it('passes the linter', () => {
    const set = `mode=layer2,image.repository=${IMAGE}`;
    const { status, stdout } = spawnSync(helmPath(), ['lint', '--strict', CHART, '--set', set], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stdout);
  });
});

describe('pages made from the chart', () => {
  for (const [path, text] of Object.entries(chartPages()))
    it(`${path} is as npm run fix writes it`, () => assert.equal(read(path), text));

  it('describe every value', () => {
    const undescribed = read('charts/berth/README.md')
      .split('\n')
      .filter((line) => /^\| `.*\|\s+\|$/.test(line));
    assert.deepEqual(undescribed, []);
  });
});

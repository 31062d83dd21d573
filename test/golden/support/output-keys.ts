/** Keys of what commands and status documents give to programs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../dev/place.mjs';
import { runBgp } from '../../../src/cli/bgp/run.ts';
import { runCalico } from '../../../src/cli/calico/run.ts';
import { runDoctor } from '../../../src/cli/doctor/run.ts';
import { runExplain } from '../../../src/cli/explain/run.ts';
import { runL2 } from '../../../src/cli/l2/run.ts';
import { runPlan } from '../../../src/cli/plan/run.ts';
import { runStatus } from '../../../src/cli/status/run.ts';
import { runVersion } from '../../../src/cli/version/run.ts';
import { type CommandRunner, runCommand } from '../../cli/support/run-command.ts';
import { viewOf } from '../../cli/support/status-servers.ts';
import { oneService, settledHarness } from '../../speaker/support/speaker-harness.ts';
import { parseRoutes } from '../../speaker/support/status-api.ts';

const CASE = 'test/calico/support/cases/006-setup-b-mesh-on-leak.json';
const PLAYGROUND = 'examples/playground';

type Invocation = { readonly run: CommandRunner; readonly args: readonly string[]; readonly stdin?: string };

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const at = (path: string): string => join(root, path);

/** A case's objects as a list that `-f` takes. */
const listOf = (path: string): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items: JSON.parse(read(path)).objects });

const invocations = (): Readonly<Record<string, Invocation>> => ({
  'bgp model': {
    run: runBgp,
    args: ['model', '-f', '-'],
    stdin: read('test/announce/support/cases/local-pref-ibgp-only.json'),
  },
  'l2 model': {
    run: runL2,
    args: ['model', '-f', '-'],
    stdin: read('test/layer2/support/cases/interfaces-unknown.json'),
  },
  'calico model': { run: runCalico, args: ['model', '-f', '-'], stdin: read(CASE) },
  'doctor -o json': { run: runDoctor, args: ['-f', '-', '-o', 'json'], stdin: listOf(CASE) },
  'doctor -o json, speakers': {
    run: runDoctor,
    args: ['-f', '-', '-o', 'json'],
    stdin: listOf('test/announce/support/cases/aggregation-blocks.json'),
  },
  'explain address -o json': {
    run: runExplain,
    args: ['address', '192.0.2.10', '-f', at(`${PLAYGROUND}`), '-o', 'json'],
  },
  'explain service -o json': {
    run: runExplain,
    args: ['service', 'web', '-n', 'shop', '-f', at(`${PLAYGROUND}`), '-o', 'json'],
  },
  'plan -o json, speakers': {
    run: runPlan,
    args: ['--cluster', '-', '--delete', 'bgppeer/r1', '-o', 'json'],
    stdin: listOf('test/announce/support/cases/aggregation-blocks.json'),
  },
  'plan -o json': {
    run: runPlan,
    args: [
      '--cluster',
      at(PLAYGROUND),
      '-f',
      at('examples/ipaddresspool.yaml'),
      '--delete',
      'ipaddresspool/everyday',
      '-o',
      'json',
    ],
  },
  'status -o json': { run: runStatus, args: ['-f', at(PLAYGROUND), '-o', 'json'] },
  'version -o json': { run: runVersion, args: ['-o', 'json'] },
});

export async function readOutputKeys(): Promise<Readonly<Record<string, readonly string[]>>> {
  const outputs: Record<string, readonly string[]> = {};
  for (const [name, { run, args, stdin }] of Object.entries(invocations())) {
    const { out, err } = await runCommand(run, args, stdin === undefined ? {} : { stdin });
    if (out === '') throw new Error(`berth ${name} printed nothing: ${err}`);
    outputs[`berth ${name}`] = keyPaths(JSON.parse(out));
  }
  const status = viewOf(await settledHarness(...oneService()), 'w1');
  outputs['speaker /bgp/peers'] = keyPaths(status.peers());
  outputs['speaker /bgp/routes'] = keyPaths(parseRoutes(status.routes(null)));
  return outputs;
}

/** What these keys hold are parts of Kubernetes objects, whose fields are not ours. */
const KUBERNETES_CONTENT: ReadonlySet<string> = new Set(['manifest', 'patch']);

/** Every path of keys, sorted; `[]` stands for the items of a list, `*` for keys that are names of something. */
export function keyPaths(document: unknown): readonly string[] {
  const paths = new Set<string>();
  const visit = (value: unknown, path: string): void => {
    if (Array.isArray(value)) for (const one of value) visit(one, `${path}[]`);
    else if (typeof value === 'object' && value !== null)
      for (const [key, child] of Object.entries(value)) {
        const next = `${path}.${/^[a-z][A-Za-z0-9]*$/.test(key) && !/^(w|n|r|cp)\d+$/.test(key) ? key : '*'}`;
        paths.add(next);
        if (!KUBERNETES_CONTENT.has(key)) visit(child, next);
      }
  };
  visit(JSON.parse(JSON.stringify(document)), '');
  return [...paths].sort();
}

/** Runs `berth calico init` and reads the objects that it prints. */
import assert from 'node:assert/strict';
import { parseAllDocuments } from 'yaml';
import { type Raw, textOf } from '../../../src/base/json.ts';
import { runCalico } from '../../../src/cli/calico/run.ts';
import { runCommand } from './run-command.ts';

/** The flags without which init has nothing to print. */
export const BASE_FLAGS = [
  ...['--range', '192.168.5.0/24', '--node-as', '64700'],
  ...['--router', '10.10.0.1=65116'],
];

/** A router for each family. */
export const V4 = '10.10.0.1=65116';
export const V6 = 'fd00::1=65116';

/** What it prints, and the objects in that; fails on errors and on warnings, except that of a mesh that is off. */
export async function runInit(
  args: readonly string[],
): Promise<{ readonly out: string; readonly objects: readonly Raw[] }> {
  const { code, out, err } = await runCommand(runCalico, ['init', ...args]);
  assert.equal(code, 0, err);
  // The output goes into a file, so what it means for pods is said beside it.
  const isMeshOff = /--mesh[ =]off/.test(args.join(' '));
  assert.match(
    err,
    isMeshOff ? /^berth calico init: Without the mesh, pods on different nodes cannot/ : /^$/,
  );
  const documents = parseAllDocuments(out);
  for (const { errors, warnings } of documents) assert.deepEqual([...errors, ...warnings], []);
  return { out, objects: documents.flatMap((one) => (one.contents === null ? [] : [one.toJS()])) };
}

export const kindsOf = (objects: readonly Raw[]): readonly string[] =>
  objects.map((raw) => textOf(raw['kind']));

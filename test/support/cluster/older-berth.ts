/** Berth as it was some commits ago: its image and its chart, made from the history of this clone by the tools of that commit. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeImage } from '../../../dev/image/oci.mjs';
import { provideImageParts } from '../../../dev/image/parts.mjs';
import { imageConfig } from '../../../dev/image/root.mjs';
import { root } from '../../../dev/place.mjs';
import { type CommandResult, runProgram } from '../run-program.ts';

export type OlderBerth = {
  readonly commit: string;
  /** The archive of its image. */
  readonly image: string;
  /** The folder of its Helm chart. */
  readonly chart: string;
};

type LayOut = (
  folder: string,
  architecture: 'amd64' | 'arm64',
  parts: Awaited<ReturnType<typeof provideImageParts>>,
) => readonly string[];

/**
 * Builds the version of `back` commits ago below `folder`, under this tag. Null where the history does not reach so far, as in a clone
 * of depth 1. Throws where that version does not build.
 */
export async function buildOlderBerth(
  folder: string,
  { back, tag }: { readonly back: number; readonly tag: string },
): Promise<OlderBerth | null> {
  const found = await run('git', ['-C', root, 'rev-parse', '--verify', '--quiet', `HEAD~${back}^{commit}`]);
  if (found.code !== 0) return null;
  const commit = found.stdout.trim();
  const source = join(folder, 'source');
  mkdirSync(source);
  const archive = join(folder, 'source.tar');
  await must('git', ['-C', root, 'archive', `--output=${archive}`, commit]);
  await must('tar', ['--extract', `--file=${archive}`, `--directory=${source}`]);
  // Its code is older, and the packages are those of now: it is bundled with them.
  await must('cp', ['--archive', join(root, 'node_modules'), source]);
  await must(process.execPath, [join(source, 'dev/build.mjs')]);
  const { layOut } = (await import(pathToFileURL(join(source, 'dev/image/root.mjs')).href)) as {
    layOut: LayOut;
  };
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const layers = layOut(join(folder, 'layers'), architecture, await provideImageParts(architecture));
  const image = join(folder, 'berth-older.tar');
  const config = imageConfig({ version: tag, revision: commit });
  writeImage(image, [`localhost/berth:${tag}`], [{ architecture, layers, config }], { gzip: false });
  return { commit, image, chart: join(source, 'charts/berth') };
}

const run = (program: string, args: readonly string[]): Promise<CommandResult> =>
  runProgram(program, args, { env: process.env });

async function must(program: string, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await run(program, args);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
}

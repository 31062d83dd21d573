/**
 * Builds an image without a container engine: each stage is a folder that stands for its root, COPY copies and
 * RUN runs there. What a base image brings is what this machine brings; absolute paths in RUN would escape the
 * folder, so they are refused.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import type { Stage } from './dockerfile.ts';

export type Image = {
  /** The folder that stands for `/`. */
  readonly root: string;
  readonly workdir: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly user: string;
  readonly ports: readonly number[];
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
};

export type BuildOptions = {
  readonly stages: readonly Stage[];
  /** A folder that holds only what the engine would have been sent. */
  readonly context: string;
  /** A folder of our own. */
  readonly scratch: string;
  /** Stands in for a RUN whose command it knows; false where it does not. */
  readonly substitute: (command: string, folder: string) => boolean;
};

/** The last stage. */
export function buildImage({ stages, context, scratch, substitute }: BuildOptions): Image {
  const builtStages = new Map<string, Image>();
  let last: Image | undefined;
  for (const [index, stage] of stages.entries()) {
    last = buildStage(stage, join(scratch, `stage-${index}`), context, builtStages, substitute);
    if (stage.name !== null) builtStages.set(stage.name, last);
  }
  if (last === undefined) throw new Error('no stage at all');
  return last;
}

function buildStage(
  stage: Stage,
  root: string,
  context: string,
  builtStages: ReadonlyMap<string, Image>,
  substitute: BuildOptions['substitute'],
): Image {
  const image = {
    root,
    workdir: '/',
    environment: {} as Record<string, string>,
    user: '0',
    ports: [] as readonly number[],
    entrypoint: [] as readonly string[],
    cmd: [] as readonly string[],
  };
  mkdirSync(root, { recursive: true });
  const inside = (path: string): string => join(root, posix.resolve(image.workdir, path));
  for (const step of stage.instructions) {
    switch (step.kind) {
      case 'workdir':
        image.workdir = posix.resolve(image.workdir, step.path);
        mkdirSync(inside('.'), { recursive: true });
        break;
      case 'copy': {
        const base = step.from === null ? context : builtStages.get(step.from)?.root;
        if (base === undefined) throw new Error(`COPY from ${step.from}, which is no stage`);
        for (const source of step.sources)
          copyInto(join(base, source), inside(step.to), step.to.endsWith('/'));
        break;
      }
      case 'run':
        if (!substitute(step.command, inside('.'))) run(step.command, inside('.'), image.environment);
        break;
      case 'env':
        image.environment[step.name] = step.value;
        break;
      case 'user':
        image.user = step.user;
        break;
      case 'expose':
        image.ports = step.ports;
        break;
      case 'entrypoint':
        image.entrypoint = step.words;
        break;
      case 'cmd':
        image.cmd = step.words;
        break;
      case 'label':
        break;
    }
  }
  return image;
}

/** A folder's contents, not the folder, as an engine does. */
function copyInto(source: string, to: string, toFolder: boolean): void {
  if (!existsSync(source)) throw new Error(`COPY of ${source}, which is not in the build context`);
  const isFolder = statSync(source).isDirectory();
  cpSync(source, !isFolder && toFolder ? join(to, basename(source)) : to, { recursive: true });
}

function run(command: string, cwd: string, environment: Readonly<Record<string, string>>): void {
  if (/(^|[\s'"=])\//.test(command)) throw new Error(`RUN ${command} names a path outside of its folder`);
  const { status, stdout, stderr } = spawnSync('sh', ['-euc', command], {
    cwd,
    env: { ...process.env, ...environment },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`RUN ${command} ended with ${status}:\n${stdout}${stderr}`);
}

/** The entries at the top of a clone that `.dockerignore` lets through. Ours names what to send, not what to leave. */
export function contextEntries(dockerignore: string): readonly string[] {
  const lines = dockerignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  if (lines[0] !== '*') throw new Error('.dockerignore is expected to begin by leaving out everything');
  return lines.slice(1).map((line) => {
    if (!/^![\w.-]+$/.test(line))
      throw new Error(`.dockerignore: ${line} is not the name of one entry to send`);
    return line.slice(1);
  });
}

/** Starts what the image starts, with these arguments in place of CMD. */
export function runImage(
  image: Image,
  args: readonly string[],
): ReturnType<typeof spawnSync> & { stdout: string } {
  const words = [...image.entrypoint, ...args];
  const [program, ...rest] = words.map((word) => (word.startsWith('/') ? join(image.root, word) : word));
  if (program !== 'node') throw new Error(`the entry point is expected to be node, not ${program}`);
  const { PATH = '' } = process.env;
  const options = {
    cwd: join(image.root, image.workdir),
    env: { PATH, ...image.environment },
    encoding: 'utf8',
  } as const;
  return spawnSync(process.execPath, rest, options);
}

export const readText = (path: string): string => readFileSync(path, 'utf8');

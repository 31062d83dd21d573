/** Reads the part of the Dockerfile language that ours is written in; anything else is an error, never skipped. */

export type Instruction =
  | { readonly kind: 'workdir'; readonly path: string }
  | {
      readonly kind: 'copy';
      readonly from: string | null;
      readonly sources: readonly string[];
      readonly to: string;
    }
  | { readonly kind: 'run'; readonly command: string }
  | { readonly kind: 'env'; readonly name: string; readonly value: string }
  | { readonly kind: 'user'; readonly user: string }
  | { readonly kind: 'expose'; readonly ports: readonly number[] }
  | { readonly kind: 'entrypoint' | 'cmd'; readonly words: readonly string[] }
  | { readonly kind: 'label' };

export type Stage = {
  readonly image: string;
  readonly name: string | null;
  readonly instructions: readonly Instruction[];
};

export function parseDockerfile(text: string): readonly Stage[] {
  const stages: { image: string; name: string | null; instructions: Instruction[] }[] = [];
  for (const line of logicalLines(text)) {
    const [, word = '', rest = ''] = /^(\S+)\s+(.*)$/s.exec(line) ?? [];
    if (word === 'FROM') {
      const [, image = '', , name = null] = /^(\S+)( AS (\S+))?$/.exec(rest) ?? [];
      if (image === '') throw new Error(`cannot read ${line}`);
      stages.push({ image, name, instructions: [] });
      continue;
    }
    const stage = stages.at(-1);
    if (stage === undefined) throw new Error(`${line} stands before any FROM`);
    stage.instructions.push(parseInstruction(word, rest));
  }
  return stages;
}

/** Lines without comments, those that end in a backslash joined with the next. */
function logicalLines(text: string): string[] {
  const lines = text.split('\n').filter((line) => !/^\s*#/.test(line));
  return lines
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function parseInstruction(word: string, rest: string): Instruction {
  switch (word) {
    case 'WORKDIR':
      return { kind: 'workdir', path: rest };
    case 'COPY':
      return parseCopy(rest.split(/\s+/));
    case 'RUN':
      return { kind: 'run', command: rest };
    case 'ENV': {
      const [, name = '', value = ''] = /^(\w+)=(\S*)$/.exec(rest) ?? [];
      return { kind: 'env', name, value };
    }
    case 'USER':
      return { kind: 'user', user: rest };
    case 'EXPOSE':
      return { kind: 'expose', ports: rest.split(/\s+/).map(Number) };
    case 'ENTRYPOINT':
      return { kind: 'entrypoint', words: JSON.parse(rest) as string[] };
    case 'CMD':
      return { kind: 'cmd', words: JSON.parse(rest) as string[] };
    case 'LABEL':
      return { kind: 'label' };
    default:
      throw new Error(`the test does not support the instruction ${word}`);
  }
}

function parseCopy(words: readonly string[]): Instruction {
  const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length) ?? null;
  const paths = words.filter((word) => !word.startsWith('--'));
  const to = paths.at(-1);
  if (to === undefined || paths.length < 2) throw new Error(`cannot read COPY ${words.join(' ')}`);
  return { kind: 'copy', from, sources: paths.slice(0, -1), to };
}

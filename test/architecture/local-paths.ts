import type { Violation } from './source.ts';

/** The files speak of the project alone. Places on one machine, where somebody happened to work, mean nothing elsewhere. */
const LOCAL_PATH = /(?<![\w.])\/(work|tmp\/plan)\/[\w.-]*/;

export function localPathViolations(
  files: readonly { readonly path: string; readonly text: string }[],
): Violation[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const found = LOCAL_PATH.exec(line)?.[0];
      const message = `speaks of ${found}, a place on one machine: say where it is in the clone, or leave it out`;
      return found === undefined ? [] : [{ path, line: index + 1, message }];
    }),
  );
}

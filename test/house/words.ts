import type { Complaint } from './source.ts';

/** The files speak of the project alone. Places on one machine, where somebody happened to work, mean nothing elsewhere. */
const place = /(?<![\w.])\/(work|tmp\/plan)\/[\w.-]*/;

export function foreignWords(
  files: readonly { readonly path: string; readonly text: string }[],
): Complaint[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const found = place.exec(line)?.[0];
      const says = `speaks of ${found}, a place on one machine: say where it is in the clone, or leave it out`;
      return found === undefined ? [] : [{ path, line: index + 1, says }];
    }),
  );
}

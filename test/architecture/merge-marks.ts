import type { Violation } from './source.ts';

/** Marks that git leaves where two changes meet. A line of equal signs alone is not one: Markdown has those. */
const MERGE_MARK = /^(<{7}|>{7}|\|{7}) /;

/** Finds the marks of a merge that was not finished, in files of any kind. */
export const mergeMarkViolations = (
  files: readonly { readonly path: string; readonly text: string }[],
): Violation[] =>
  files.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, index) =>
        MERGE_MARK.test(line)
          ? [{ path, line: index + 1, message: 'has the mark of a merge: choose one of the two versions' }]
          : [],
      ),
  );

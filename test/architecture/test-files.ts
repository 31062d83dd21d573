import type { Source, Violation } from './source.ts';

/**
 * Where tests and their helpers lie. The tests of `src/X/y.ts` are `test/X/y.test.ts`, and `test/X/y.PART.test.ts` where one
 * file would be too long, or of a named kind. A kind may be about several files of its folder, so it needs no `y.ts`. What is
 * no test lies in a folder `support`.
 */

/** Property tests, tests of state machines, comparisons with a naive oracle, rows that a real server passes too. */
const KINDS: ReadonlySet<string> = new Set(['law', 'story', 'model', 'contract']);

/** Folders of `test/` that are suites of their own: all of their files are about the rules that they hold. */
const SUITES: ReadonlySet<string> = new Set(['architecture', 'contract']);

const TEST_FILE = /^test\/((?:.+\/)?[^/.]+)((?:\.[^/.]+)*)\.test\.ts$/;

export function testFileViolations(sources: readonly Source[]): Violation[] {
  const paths = new Set(sources.map(({ path }) => path));
  const folders = new Set([...paths].map((path) => path.split('/').slice(0, 2).join('/')));
  return [...paths].flatMap((path) => {
    const message = path.endsWith('.test.ts') ? misplacedTest(path, paths, folders) : misplacedHelper(path);
    return message === null ? [] : [{ path, line: 1, message }];
  });
}

/** `folders` are the folders of `src/`, and others. */
function misplacedTest(
  path: string,
  paths: ReadonlySet<string>,
  folders: ReadonlySet<string>,
): string | null {
  const [, subject = '', suffix = ''] = TEST_FILE.exec(path) ?? [];
  const isOfModule = folders.has(`src/${subject.split('/')[0]}`);
  if (!isOfModule) return null;
  const suffixes = suffix.split('.').slice(1);
  if (suffixes.length > 1)
    return `has ${suffixes.length} suffixes: name the test y.test.ts or y.KIND.test.ts`;
  if (suffixes.some((kind) => KINDS.has(kind)) || paths.has(`src/${subject}.ts`)) return null;
  return `tests no file of its name: move it to the path of its source, src/${subject}.ts does not exist`;
}

function misplacedHelper(path: string): string | null {
  const [top = '', ...rest] = path.split('/');
  if (top !== 'test' || SUITES.has(rest[0] ?? '') || rest.slice(0, -1).includes('support')) return null;
  return 'is no test and lies in no folder `support`: move it into one';
}

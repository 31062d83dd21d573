/**
 * The interfaces that layer 2 leaves alone, from MetalLB's file. As in MetalLB, nothing is left alone where the folder is not
 * mounted. Where it is, and its file is missing or cannot be read, the last good list counts, and at first that of MetalLB's
 * manifests.
 */
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type SystemError, systemErrorText } from '../../../base/system-error.ts';
import { readExcludedInterfaces } from '../../../config/excluded-interfaces.ts';
import { type ConfigIssue, formatIssue, quoteText } from '../../../config/issue.ts';
import type { ListItem } from '../../../config/object-reader.ts';
import { compilePattern, DEFAULT_EXCLUDED_INTERFACES } from '../../../layer2/packets/excluded-interfaces.ts';
import type { Log } from '../../../observe/log.ts';

export const EXCLUDED_FILE = '/etc/metallb/excludel2.yaml';

/** `deploy/layer2` mounts it there. */
const FIX =
  'correct the key excludel2.yaml of the ConfigMap metallb-excludel2, which each speaker reads again within two minutes';

function patternIssue({ path, value }: ListItem<string>): readonly ConfigIssue[] {
  const compiled = compilePattern(value);
  return compiled.ok ? [] : [{ path, message: `${quoteText(value)} ${compiled.error}` }];
}

export class ExcludedFile {
  readonly #path: string;
  readonly #log: Pick<Log, 'warn'>;
  #lastGood: readonly string[] = DEFAULT_EXCLUDED_INTERFACES;
  #lastProblem: string | null = null;

  constructor(path: string, log: Pick<Log, 'warn'>) {
    this.#path = path;
    this.#log = log;
  }

  /** Regular expressions. */
  async read(): Promise<readonly string[]> {
    const isMounted = await stat(dirname(this.#path)).then(
      () => true,
      () => false,
    );
    if (!isMounted) return [];
    const problem = await this.#readFile();
    if (problem !== null && problem !== this.#lastProblem)
      this.#log.warn('the list of interfaces to exclude cannot be read, the last good one counts', {
        file: this.#path,
        because: problem,
        fix: FIX,
      });
    this.#lastProblem = problem;
    return this.#lastGood;
  }

  /** All that is wrong with it; null where it was read, or is missing. */
  async #readFile(): Promise<string | null> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      const failure = error as SystemError;
      return failure.code === 'ENOENT' ? null : systemErrorText(failure);
    }
    const patterns = await readExcludedInterfaces(text);
    const issues = patterns.ok ? patterns.value.flatMap(patternIssue) : patterns.error;
    if (!patterns.ok || issues.length > 0) return issues.map(formatIssue).join('; ');
    this.#lastGood = patterns.value.map(({ value }) => value);
    return null;
  }
}

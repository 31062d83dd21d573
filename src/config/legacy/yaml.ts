/**
 * Parses the YAML of the old ConfigMap into plain objects, lists and strings.
 *
 * Scalars stay strings, and each field is parsed by its type. MetalLB's old parser did the same: a password `12345` is a
 * string, a community `64512:30` is no number in base 60, and `auto-assign: off` is false.
 */
import { err, ok, type Result } from '../../base/result.ts';
import type { ConfigIssue } from '../issue.ts';
import type { ScalarParsers } from '../object-reader.ts';

/** Loads the `yaml` package when first called, so that a controller without old configuration never does. */
export async function parseYaml(text: string): Promise<Result<unknown, readonly ConfigIssue[]>> {
  const { LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const nullTag = {
    tag: 'tag:yaml.org,2002:null',
    default: true,
    test: /^(?:~|null|Null|NULL)?$/,
    resolve: () => null,
  };
  const document = parseDocument(text, {
    schema: 'failsafe',
    customTags: (tags) => [...tags, nullTag],
    lineCounter: lines,
    merge: true,
    prettyErrors: false,
    logLevel: 'error',
  });
  if (document.errors.length > 0) {
    return err(
      document.errors.map(({ message, pos }) => {
        const { line, col } = lines.linePos(pos[0]);
        return { path: '', message: `is not YAML at line ${line}, column ${col}: ${message}` };
      }),
    );
  }
  try {
    return ok(document.toJS());
  } catch (cause) {
    // An alias without an anchor, or nested aliases that would fill the memory.
    if (!(cause instanceof ReferenceError)) throw cause;
    return err([{ path: '', message: `is not YAML that can be read: ${cause.message}` }]);
  }
}

const TRUE = /^(?:true|True|TRUE|yes|Yes|YES|on|On|ON|y|Y)$/;
const FALSE = /^(?:false|False|FALSE|no|No|NO|off|Off|OFF|n|N)$/;
const INTEGER = /^[-+]?[0-9]+$/;

/** The spellings of YAML 1.1. */
export const YAML_SCALAR_PARSERS: ScalarParsers = {
  boolean: (value) => {
    if (typeof value !== 'string') return undefined;
    return TRUE.test(value) ? true : FALSE.test(value) ? false : undefined;
  },
  integer: (value) => (typeof value === 'string' && INTEGER.test(value) ? Number(value) : undefined),
};

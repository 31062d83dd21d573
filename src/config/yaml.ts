/**
 * Parses the YAML that people write into ConfigMaps into plain objects, lists and strings.
 *
 * Scalars stay strings, and each field is parsed by its type. MetalLB's parser of the old ConfigMap did the same: a password `12345` is a
 * string, a community `64512:30` is no number in base 60, and `auto-assign: off` is false.
 */
import type * as YamlPackage from 'yaml';
import type { DocumentOptions, ParseOptions, SchemaOptions } from 'yaml';
import { err, ok, type Result } from '../base/result.ts';
import type { ConfigIssue } from './issue.ts';
import type { ScalarParsers } from './object-reader.ts';
import { yamlProblems } from './yaml-problems.ts';

/** Parses texts; see `loadYamlParser`. */
export type YamlParser = {
  /** One document. */
  readonly one: (text: string) => Result<unknown, readonly ConfigIssue[]>;
  /** All documents of a text, which `---` separates. */
  readonly all: (text: string) => Result<readonly unknown[], readonly ConfigIssue[]>;
};

/** Loads the `yaml` package when first called, so that a program without old configuration never does. */
export async function loadYamlParser(): Promise<YamlParser> {
  const yaml = await import('yaml');
  return {
    one: (text) => {
      const parsed = parseDocuments(yaml, text, 'one');
      return parsed.ok ? ok(parsed.value[0]) : parsed;
    },
    all: (text) => parseDocuments(yaml, text, 'all'),
  };
}

/** One document. */
export const parseYaml = async (text: string): Promise<Result<unknown, readonly ConfigIssue[]>> =>
  (await loadYamlParser()).one(text);

/** All documents of a text, which `---` separates. */
export const parseYamlDocuments = async (
  text: string,
): Promise<Result<readonly unknown[], readonly ConfigIssue[]>> => (await loadYamlParser()).all(text);

function parseDocuments(
  yaml: typeof YamlPackage,
  text: string,
  count: 'one' | 'all',
): Result<readonly unknown[], readonly ConfigIssue[]> {
  const { LineCounter, parseAllDocuments, parseDocument } = yaml;
  const lines = new LineCounter();
  const nullTag = {
    tag: 'tag:yaml.org,2002:null',
    default: true,
    test: /^(?:~|null|Null|NULL)?$/,
    resolve: () => null,
  };
  const options = {
    schema: 'failsafe',
    customTags: (tags) => [...tags, nullTag],
    lineCounter: lines,
    merge: true,
    prettyErrors: false,
    logLevel: 'error',
  } as const satisfies ParseOptions & DocumentOptions & SchemaOptions;
  const parsed = count === 'one' ? [parseDocument(text, options)] : parseAllDocuments(text, options);
  // For a text without any document the parser returns an object instead of a list.
  const documents = Array.isArray(parsed) ? parsed : [];
  const errors = documents.flatMap((document) => yamlProblems(yaml, document, text));
  if (errors.length > 0) {
    return err(
      errors.map(({ offset, message }) => {
        const { line, col } = lines.linePos(offset);
        return { path: '', message: `${message.verb} at line ${line}, column ${col}: ${message.what}` };
      }),
    );
  }
  try {
    return ok(documents.map((document): unknown => document.toJS()));
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

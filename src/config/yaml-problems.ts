/**
 * What is wrong with a YAML document, for people: syntax errors, each once, and marks of a template that was not rendered. A text
 * such as `{{ .Values.range }}` is YAML, and means something else than its author thinks.
 */

import type * as YamlPackage from 'yaml';
import type { Document } from 'yaml';

export type YamlProblem = {
  /** In the text, from 0. */
  readonly offset: number;
  /** The end of a sentence about the text, whose place comes between its two parts: `is not YAML`, `…`. */
  readonly message: { readonly verb: string; readonly what: string };
};

type ParsedDocument = Pick<Document.Parsed, 'errors' | 'contents'>;

/** Of one document of `text`, in its order; empty if it can be read. */
export function yamlProblems(
  yaml: Pick<typeof YamlPackage, 'isCollection' | 'visit'>,
  document: ParsedDocument,
  text: string,
): readonly YamlProblem[] {
  const mark = text.includes('{{') ? unrenderedMark(yaml, document, text) : null;
  const syntax = syntaxErrors(document, text);
  if (mark !== null) return [mark];
  const first = syntax[0];
  if (first === undefined) return [];
  const template = templateOnLine(text, first.offset);
  if (template !== null) return [unrendered(first.offset, template)];
  const wrapper = surroundingText(text);
  return wrapper === null ? syntax : [wrapper];
}

/** First lines of what people cut YAML out of: a heredoc of a shell or of Terraform, a block of Markdown. */
const WRAPPERS = /^.*<<[-~]?\s*["']?[A-Za-z_]\w*.*$|^\s*(?:```|~~~).*$|^#!\s*\/.*$/m;

/** The text around YAML that is in a file with it. */
function surroundingText(text: string): YamlProblem | null {
  const found = WRAPPERS.exec(text);
  if (found === null) return null;
  const line = JSON.stringify(found[0].trim().slice(0, KEY_CHARS_MAX));
  return {
    offset: found.index,
    message: {
      verb: 'is not YAML alone',
      what: `${line} begins other text: pass only the YAML inside of it`,
    },
  };
}

/** The parser may report one error twice, from inside and outside of a collection: the first one counts. */
function syntaxErrors({ errors }: ParsedDocument, text: string): readonly YamlProblem[] {
  const firstByOffset = new Map<number, string>();
  for (const { code, message, pos } of errors)
    if (!firstByOffset.has(pos[0]))
      firstByOffset.set(pos[0], code === 'DUPLICATE_KEY' ? duplicateKey(text, pos[0]) : message);
  return [...firstByOffset].map(([offset, message]) => ({
    offset,
    message: { verb: 'is not YAML', what: message },
  }));
}

/** Characters of a key that are shown. */
const KEY_CHARS_MAX = 60;

function duplicateKey(text: string, offset: number): string {
  const key = /^[^\s:{}[\],]+/.exec(text.slice(offset, offset + KEY_CHARS_MAX))?.[0] ?? '';
  return `the key ${JSON.stringify(key)} is there twice, and only one of the two would count`;
}

/** A mapping whose key is a mapping: nobody writes that, and `{{ … }}` without quotes is one. */
function unrenderedMark(
  { isCollection, visit }: Pick<typeof YamlPackage, 'isCollection' | 'visit'>,
  { contents }: ParsedDocument,
  text: string,
): YamlProblem | null {
  let found: YamlProblem | null = null;
  visit(contents, {
    Pair: (_, { key }) => {
      const start = isCollection(key) ? key.range?.[0] : undefined;
      const offset = start === undefined ? -1 : text.lastIndexOf('{{', start);
      if (start === undefined || offset < 0 || offset < start - 1) return undefined;
      found = unrendered(offset, templateAt(text, offset));
      return visit.BREAK;
    },
  });
  return found;
}

function templateOnLine(text: string, offset: number): string | null {
  const begin = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', begin);
  const at = text.slice(begin, end < 0 ? undefined : end).search(TEMPLATE_MARK);
  return at < 0 ? null : templateAt(text, begin + at);
}

/** Of Helm and Jinja, of ERB, and of tools that replace words. */
const TEMPLATE_MARK = /\{\{|\{%|<%|@\w+@|%[A-Z_]+%/;

const templateAt = (text: string, offset: number): string =>
  /^(?:\{\{[^}\n]*\}\}|\{%[^\n]*?%\}|<%[^\n]*?%>|@\w+@|%\w+%)/.exec(text.slice(offset, offset + 200))?.[0] ??
  text.slice(offset, offset + 2);

const unrendered = (offset: number, template: string): YamlProblem => ({
  offset,
  message: {
    verb: 'is a template',
    what: `${JSON.stringify(template)} was not filled in; render it first, as by helm template`,
  },
});

/** A manifest with comments that explain it. */

import { Document, isMap, isScalar, Scalar, visit } from 'yaml';
import type { Raw } from '../../../base/json.ts';
import { wrap } from '../../../base/text.ts';
import { PROSE_COLUMNS_MAX } from '../../framework/lines.ts';

export type AnnotatedManifest = {
  readonly object: Raw;
  /** Paragraphs before the object. */
  readonly comments: readonly string[];
  /** The comment before a field, by path such as `spec/asNumber`. */
  readonly fieldComments: Readonly<Record<string, string>>;
};

export const CALICO_V3 = 'projectcalico.org/v3';

/** YAML 1.1 reads digits with colons as a number in base 60. */
const LOOKS_LIKE_NUMBER = /^\d[\d:]*$/;

export function annotatedManifestText({ object, comments, fieldComments }: AnnotatedManifest): string {
  const document = new Document(object, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === 'string' && LOOKS_LIKE_NUMBER.test(node.value))
        node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  for (const [path, fieldComment] of Object.entries(fieldComments)) {
    const fields = path.split('/');
    const parent = document.getIn(fields.slice(0, -1));
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && key.value === fields.at(-1))
      : undefined;
    if (!isScalar(pair?.key)) throw new Error(`a comment on ${path}, which does not exist`);
    pair.key.commentBefore = commentLinesOf(fieldComment, 2 * (fields.length - 1)).join('\n');
  }
  return `${formatComment(comments)}${document.toString({ lineWidth: 0 })}`;
}

/** Lines of a comment without #, as the yaml package expects them. */
const commentLinesOf = (text: string, indent: number): readonly string[] =>
  wrap(text, PROSE_COLUMNS_MAX - indent - 2).map((line) => ` ${line}`);

/** Paragraphs as comment lines; an indented paragraph is not wrapped. */
export const formatComment = (paragraphs: readonly string[]): string =>
  paragraphs
    .flatMap((text) => (text === '' ? [''] : /^\s/.test(text) ? [` ${text}`] : commentLinesOf(text, 0)))
    .map((line) => `#${line}\n`)
    .join('');

/** One object of a set-up, and why it is as it is. */

import { Document, isMap, isScalar, Scalar, visit } from 'yaml';
import type { Raw } from '../../../base/json.ts';
import { wrap } from '../../../base/text.ts';
import { COLUMNS_MAX } from '../../framework/command.ts';

export type AnnotatedManifest = {
  readonly object: Raw;
  /** Paragraphs that stand before it. */
  readonly comments: readonly string[];
  /** By path, such as `spec/asNumber`: what stands before the field. */
  readonly fieldComments: Readonly<Record<string, string>>;
};

export const CALICO_V3 = 'projectcalico.org/v3';

/** Some readers of YAML take digits with colons between them for a number. */
const LOOKS_LIKE_NUMBER = /^\d[\d:]*$/;

export function printAnnotatedManifest({ object, comments, fieldComments }: AnnotatedManifest): string {
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
    if (!isScalar(pair?.key)) throw new Error(`a note about ${path}, which is not there`);
    pair.key.commentBefore = commentLinesOf(fieldComment, 2 * (fields.length - 1)).join('\n');
  }
  return `${formatComment(comments)}${document.toString({ lineWidth: 0 })}`;
}

/** Lines of a comment without their sign, as the YAML package wants them. */
const commentLinesOf = (text: string, indent: number): readonly string[] =>
  wrap(text, COLUMNS_MAX - indent - 2).map((line) => ` ${line}`);

/** Paragraphs as comment lines; a line that is indented is taken as it is. */
export const formatComment = (paragraphs: readonly string[]): string =>
  paragraphs
    .flatMap((text) => (text === '' ? [''] : /^\s/.test(text) ? [` ${text}`] : commentLinesOf(text, 0)))
    .map((line) => `#${line}\n`)
    .join('');

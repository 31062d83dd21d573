/** Values for programs: JSON and YAML with every unsafe character escaped, so that they may be shown at a terminal. */
import { Document, isScalar, Scalar, stringify, visit } from 'yaml';
import { escapeDocument, isPrintable } from '../../base/printable.ts';

/** The lines of a document. */
export const formatOutput = (value: unknown, format: 'json' | 'yaml'): readonly string[] =>
  format === 'json' ? formatJson(value) : formatYaml(value);

export const formatJson = (value: unknown): readonly string[] =>
  escapeDocument(JSON.stringify(value, null, 2)).split('\n');

/** One line. */
export const formatJsonLine = (value: unknown): string => escapeDocument(JSON.stringify(value));

export function formatYaml(value: unknown): readonly string[] {
  const plain = stringify(value, { lineWidth: 0 });
  const text = isPrintable(plain.replaceAll('\n', '')) ? plain : quotedYaml(value);
  return text.replace(/\n$/, '').split('\n');
}

/** Keys and values with unsafe characters are double-quoted: only there YAML has escapes. */
function quotedYaml(value: unknown): string {
  const document = new Document(value);
  visit(document, {
    Scalar: (_, node) => {
      if (isScalar(node) && typeof node.value === 'string' && !isPrintable(node.value))
        node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return escapeDocument(document.toString({ lineWidth: 0 }));
}

/**
 * Unsafe characters are those that steer a terminal or hide what a text says: the control characters C0, DEL and C1,
 * format characters such as the bidirectional marks, and the line and paragraph separators of Unicode. Names and texts of
 * a cluster may hold any of them, so every text is escaped once: where it becomes output, or where a sentence of ours quotes it.
 * Such a sentence is written into a status or an event, and others print it.
 */

const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Those that may stand raw inside of a JSON text (RFC 8259 7 allows them) or a YAML document. */
const UNSAFE_IN_DOCUMENT = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** An escape of JSON (RFC 8259 7), or an unsafe character that stands raw in its strings. */
const ESCAPE_OR_UNSAFE = /\\(?:u[\da-f]{4}|.)|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/giu;

/** Of unsafe characters. */
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\\b': '\\u0008',
  '\\f': '\\u000c',
  '\\r': '\\u000d',
};

export const isPrintable = (text: string): boolean => text.search(UNSAFE) < 0;

/** One line in which each unsafe character, line breaks and tabs too, is shown as `\u001b`. */
export const escapeControls = (text: string): string => text.replace(UNSAFE, escapeSequence);

/** A text in double quotes on one line, with the escapes of JSON, which has none for C1 and for marks that hide text. */
export const quoted = (text: string): string => escapeControls(JSON.stringify(text));

/** One line of prose: blanks, line breaks and tabs become one blank each run, the other unsafe characters are escaped. */
export const oneLine = (text: string): string =>
  escapeControls(text.replace(/\s*[\n\r\t\v\f\u2028\u2029]\s*/gu, ' '));

/** A JSON text, or a YAML document whose unsafe values are double-quoted, with the same value and no unsafe character. */
export const escapeDocument = (text: string): string => text.replace(UNSAFE_IN_DOCUMENT, escapeSequence);

/**
 * A JSON text for a page: each unsafe character within its strings becomes a text such as `\u001b`, which is shown instead of obeyed. Line
 * breaks and tabs stay.
 */
export const showControls = (json: string): string =>
  json.replace(ESCAPE_OR_UNSAFE, (found) => {
    const shown = SHORT_ESCAPES[found] ?? (found.startsWith('\\u') ? found : null);
    if (shown !== null) return `\\${shown}`;
    return found.startsWith('\\') ? found : `\\${escapeSequence(found)}`;
  });

/** In UTF-16 code units, as JSON, YAML and JavaScript write them. */
const escapeSequence = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');

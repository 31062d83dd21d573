/** A text as one word of a shell of POSIX, quoted where it has characters that the shell interprets. */
export const shellQuote = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;

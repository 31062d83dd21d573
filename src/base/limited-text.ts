/** Limits the length of texts that are kept, such as annotations, whose authors may write a quarter of a megabyte. */

/**
 * `text`, or for one of more than `charsMax` characters its beginning, with its length and a hash instead of the rest. So
 * different texts stay different, and a person sees why the text is invalid.
 */
export function limitText(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const ending = `… (${text.length} characters, hash ${hashOf(text)})`;
  return copyOf(text.slice(0, Math.max(0, charsMax - ending.length)) + ending);
}

/** A part of a string keeps the whole one in memory (V8); a copy does not. A lone surrogate becomes U+FFFD. */
const copyOf = (text: string): string => new TextDecoder().decode(new TextEncoder().encode(text));

/** Two hashes of 32 bits, as FNV-1a with different primes: against accidents, not against attackers. */
function hashOf(text: string): string {
  let [a, b] = [0x811c9dc5, 0xcbf29ce4];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x01000197);
  }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}

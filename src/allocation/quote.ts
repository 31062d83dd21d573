/** Quotes text of users in our sentences, and cuts it at a length. */
import { quoted } from '../base/printable.ts';

/** Longer than any name that Kubernetes allows (253), shorter than what an annotation can hold (256 KiB). */
const QUOTED_CHARACTERS_MAX = 256;

export const quote = (text: string): string =>
  quoted(text.length > QUOTED_CHARACTERS_MAX ? `${text.slice(0, QUOTED_CHARACTERS_MAX)}…` : text);

/** Items that a sentence names; it leaves out the rest. */
const LISTED_MAX = 5;

/** `one, two` or, of many, the first few `and others`. */
export const listFirst = (items: readonly string[]): string =>
  items.length <= LISTED_MAX ? items.join(', ') : `${items.slice(0, LISTED_MAX).join(', ')} and others`;

import type { JSX } from 'preact';

/** A sentence in which commands stand between backticks, as on a terminal. */
export function Prose({ text }: { readonly text: string }): JSX.Element {
  const parts = text.split('`');
  // One that is alone belongs to the text.
  if (parts.length % 2 === 0) return <>{text}</>;
  return <>{parts.map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>;
}

/** A field that suggests names as one types: of ten thousand, those that contain what was typed. */
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';

/** Of more, nobody reads the list. */
const SUGGESTIONS_MAX = 50;

export type Suggestion = {
  readonly name: string;
  /** Stands beside the name; '' for nothing. */
  readonly about: string;
};

export type SuggestingFieldProps = {
  readonly label: ComponentChildren;
  readonly class: string;
  /** Of the list in the document. */
  readonly id: string;
  readonly type: 'text' | 'search';
  readonly value: string;
  readonly placeholder: string;
  readonly suggestions: readonly Suggestion[];
  /** When it is left, or Enter is pressed; without space around it. */
  readonly onChoose: (name: string) => void;
};

export function SuggestingField(props: SuggestingFieldProps): JSX.Element {
  const { label, id, type, value, placeholder, suggestions, onChoose } = props;
  // While somebody types, the field has what was typed: a new picture would else take it away.
  const [typed, setTyped] = useState<string | null>(null);
  const wanted = (typed ?? '').trim();
  const shown = firstMatches(suggestions, wanted);
  return (
    <>
      <label class={props.class}>
        {label}{' '}
        <input
          type={type}
          list={id}
          placeholder={placeholder}
          value={typed ?? value}
          onInput={(event) => setTyped(event.currentTarget.value)}
          onChange={(event) => {
            setTyped(null);
            onChoose(event.currentTarget.value.trim());
          }}
        />
      </label>
      <datalist id={id}>
        {shown.map(({ name, about }) => (
          <option key={name} value={name}>
            {about}
          </option>
        ))}
      </datalist>
    </>
  );
}

/** Reads no more of ten thousand than it shows. */
function firstMatches(suggestions: readonly Suggestion[], wanted: string): readonly Suggestion[] {
  const matches: Suggestion[] = [];
  for (const one of suggestions) {
    if (one.name.includes(wanted)) matches.push(one);
    if (matches.length === SUGGESTIONS_MAX) break;
  }
  return matches;
}

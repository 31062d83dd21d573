/** What a command prints, as a page: its sections, with their fields, lists and marks. */
import type { JSX } from 'preact';
import type { StyledLine, StyledSection, TextStyle } from '../../src/base/styled-text.ts';

const CLASSES: Readonly<Record<TextStyle, string>> = {
  ...{ bold: 'strong', dim: 'muted', red: 'text-bad', green: 'text-good', yellow: 'text-warning' },
};

export function Report({ sections }: { readonly sections: readonly StyledSection[] }): JSX.Element {
  return (
    <>
      {sections.map((section, index) => (
        <section key={index} class="report">
          {section.map((line, place) => (
            <ReportLine key={place} line={line} isFirst={place === 0} />
          ))}
        </section>
      ))}
    </>
  );
}

/** A name in a column of its own, and its text. */
const FIELD = /^ {2}(\S+(?: \S+)*?) {2,}(?=\S)/;

function ReportLine({
  line,
  isFirst,
}: {
  readonly line: StyledLine;
  readonly isFirst: boolean;
}): JSX.Element {
  const [first, ...rest] = line;
  if (first === undefined) return <p />;
  if (isFirst && first.style === 'bold' && rest.length === 0) return <h3>{first.text}</h3>;
  const field = FIELD.exec(first.text);
  if (field !== null)
    return (
      <p class="field">
        <span class="muted">{field[1]}</span>
        <span>
          <Spans line={[{ ...first, text: first.text.slice(field[0].length) }, ...rest]} />
        </span>
      </p>
    );
  const indent = first.text.length - first.text.trimStart().length;
  return (
    <p class={`depth-${Math.min(4, Math.ceil(indent / 2))}`}>
      <Spans line={[{ ...first, text: first.text.trimStart() }, ...rest]} />
    </p>
  );
}

function Spans({ line }: { readonly line: StyledLine }): JSX.Element {
  return (
    <>
      {line.map(({ text, style }, index) =>
        style === null ? (
          text
        ) : (
          <span key={index} class={CLASSES[style]}>
            {text}
          </span>
        ),
      )}
    </>
  );
}

export function Refusal({ errors }: { readonly errors: readonly string[] }): JSX.Element {
  return (
    <ul class="plain" role="alert">
      {errors.map((says) => (
        <li key={says} class="text-bad">
          ✕ {says}
        </li>
      ))}
    </ul>
  );
}

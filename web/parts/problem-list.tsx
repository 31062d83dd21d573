/** Problems, each with its object, what to change and the command that shows more. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Problem, ProblemObject } from '../../src/overview/problem.ts';
import { hrefOf } from '../route.ts';
import type { Tone } from '../tone.ts';
import { Mark } from './marks.tsx';
import { Prose } from './prose.tsx';

const TONES: Readonly<Record<Problem['severity'], Tone>> = { error: 'bad', warning: 'warning', hint: 'idle' };

export function ProblemList({ problems }: { readonly problems: readonly Problem[] }): JSX.Element {
  return (
    <ul class="problems">
      {problems.map((problem, index) => (
        <li key={`${problem.code} ${index}`} class={problem.severity}>
          <p class="headline">
            <Mark tone={TONES[problem.severity]}>{problem.severity}</Mark>{' '}
            <ObjectLink object={problem.object} /> <span class="code">{problem.code}</span>
          </p>
          <p>
            <Prose text={problem.says} />
          </p>
          {problem.fix !== null && (
            <p class="fix">
              <Prose text={problem.fix} />
            </p>
          )}
          {problem.command !== null && <Command text={`berth ${problem.command}`} />}
        </li>
      ))}
    </ul>
  );
}

/** `IPAddressPool metallb-system/public`, `Node n1`. */
export const objectText = ({ kind, namespace, name }: ProblemObject): string =>
  `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;

function ObjectLink({ object }: { readonly object: ProblemObject | null }): JSX.Element | null {
  if (object === null) return null;
  const { kind, namespace, name } = object;
  const text = objectText(object);
  if (kind === 'Service') return <a href={hrefOf('services', { open: `${namespace}/${name}` })}>{text}</a>;
  if (kind === 'IPAddressPool') return <a href={hrefOf('pools', { open: name })}>{text}</a>;
  return <span>{text}</span>;
}

export function Command({ text }: { readonly text: string }): JSX.Element {
  return (
    <p class="command">
      <code>{text}</code>
      <CopyButton text={() => text} says="Copy" />
    </p>
  );
}

const COPIED_MS = 1_500;

/** The text is made when it is copied. */
export function CopyButton({
  text,
  says,
}: {
  readonly text: () => string;
  readonly says: string;
}): JSX.Element {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text());
    setCopied(true);
    setTimeout(() => setCopied(false), COPIED_MS);
  };
  return (
    <button type="button" onClick={() => void copy()}>
      {isCopied ? 'Copied' : says}
    </button>
  );
}

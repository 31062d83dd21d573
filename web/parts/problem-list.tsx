/** Problems, each with its object, what to change and the command that shows more. */
import type { JSX } from 'preact';
import type { Problem, ProblemObject } from '../../src/overview/problem.ts';
import { hrefOf } from '../route.ts';
import type { Tone } from '../tone.ts';
import { BerthCommand } from './command.tsx';
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
          {problem.command !== null && <BerthCommand command={problem.command} />}
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

import type { JSX } from 'preact';
import type { OverviewDocument } from '../../src/overview/document.ts';
import type { Problem } from '../../src/overview/problem.ts';
import { ProblemList } from '../parts/problem-list.tsx';
import { counted } from '../text.ts';

export function Findings({ document }: { readonly document: OverviewDocument }): JSX.Element {
  const { problems, notRead } = document;
  return (
    <>
      <h1>Findings</h1>
      {notRead.length > 0 && (
        <section class="card warning">
          <h2>Not known</h2>
          <ul>
            {notRead.map((says) => (
              <li key={says}>{says}.</li>
            ))}
          </ul>
        </section>
      )}
      {problems.length === 0 ? (
        <p>{notRead.length === 0 ? 'Nothing is wrong.' : 'Of what could be read, nothing is wrong.'}</p>
      ) : (
        <>
          <p class="about">{countsOf(problems)}</p>
          <ProblemList problems={problems} />
        </>
      )}
    </>
  );
}

const SEVERITIES = ['error', 'warning', 'hint'] as const;

/** `2 errors, 3 hints`. */
const countsOf = (problems: readonly Problem[]): string =>
  SEVERITIES.flatMap((severity) => {
    const number = problems.filter((one) => one.severity === severity).length;
    return number === 0 ? [] : [counted(number, severity)];
  }).join(', ');

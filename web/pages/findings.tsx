import type { JSX } from 'preact';
import type { OverviewDocument } from '../../src/overview/document.ts';
import type { Problem } from '../../src/overview/problem.ts';
import { FilterForm } from '../parts/filter-form.tsx';
import { HiddenItems } from '../parts/hidden-items.tsx';
import { objectText, ProblemList } from '../parts/problem-list.tsx';
import { route } from '../route.ts';
import { containsWords, counted } from '../text.ts';

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
          <Filtered problems={problems} />
        </>
      )}
    </>
  );
}

/** Findings that are listed at first. */
const SHOWN_MAX = 50;

function Filtered({ problems }: { readonly problems: readonly Problem[] }): JSX.Element {
  const { find = '', findings = '' } = route.value.query;
  const matches = problems.filter(containsWords(find, textOf));
  const shown = findings === 'all' ? matches : matches.slice(0, SHOWN_MAX);
  return (
    <>
      <FilterForm
        {...{ name: 'find', value: find, label: 'Filter by any text' }}
        {...{ left: matches.length, all: problems.length }}
      />
      {matches.length === 0 && <p role="status">No finding has all of this.</p>}
      <ProblemList problems={shown} />
      <HiddenItems count={matches.length - shown.length} noun="more finding" query="findings" />
    </>
  );
}

const textOf = ({ severity, code, object, says, fix }: Problem): string =>
  `${severity} ${code} ${object === null ? '' : objectText(object)} ${says} ${fix ?? ''}`;

const SEVERITIES = ['error', 'warning', 'hint'] as const;

/** `2 errors, 3 hints`. */
const countsOf = (problems: readonly Problem[]): string =>
  SEVERITIES.flatMap((severity) => {
    const number = problems.filter((one) => one.severity === severity).length;
    return number === 0 ? [] : [counted(number, severity)];
  }).join(', ');

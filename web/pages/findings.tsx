import type { JSX } from 'preact';
import type { OverviewDocument } from '../../src/overview/document.ts';
import { ProblemList } from '../parts/problem-list.tsx';

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
        <ProblemList problems={problems} />
      )}
    </>
  );
}

import type { JSX } from 'preact';
import type { OverviewDocument } from '../../src/overview/document.ts';
import { Ago } from '../parts/marks.tsx';
import { hrefOf } from '../route.ts';

export function Timeline({ document }: { readonly document: OverviewDocument }): JSX.Element {
  const { changes, time: now } = document;
  return (
    <>
      <h1>Timeline</h1>
      <p class="about">What conditions and statuses tell of the last changes, the most recent first.</p>
      {changes.length === 0 && <p>No object tells of a change.</p>}
      <ol class="timeline">
        {changes.map(({ time, kind, name, says }) => (
          <li key={`${time} ${kind} ${name} ${says}`}>
            <Ago time={time} now={now} />
            <p>
              {kind === 'Service' ? (
                <a href={hrefOf('services', { open: name })}>{name}</a>
              ) : (
                `${kind} ${name}`
              )}{' '}
              {says}
            </p>
          </li>
        ))}
      </ol>
    </>
  );
}

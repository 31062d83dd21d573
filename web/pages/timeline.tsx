import type { JSX } from 'preact';
import type { OverviewDocument, RecentChange } from '../../src/overview/document.ts';
import { keyOfChange } from '../history.ts';
import { FilterField } from '../parts/filter-field.tsx';
import { Ago } from '../parts/marks.tsx';
import { hrefOf, route } from '../route.ts';
import { history$ } from '../state.ts';
import { count } from '../text.ts';

const CLOCK = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

export function Timeline({ document }: { readonly document: OverviewDocument }): JSX.Element {
  const { time: now } = document;
  const { find = '' } = route.value.query;
  const changes = history$.value;
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = changes.filter(({ kind, name, says }) => {
    const text = `${kind} ${name} ${says}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return (
    <>
      <h1>Timeline</h1>
      <p class="about">
        The last changes that conditions and statuses tell of, and all that came since this page was opened.
      </p>
      {changes.length === 0 ? (
        <p>No object tells of a change.</p>
      ) : (
        <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
          <FilterField name="find" value={find} label="Filter by any text" placeholder="Filter  ( / )" />
          <output>
            {count(shown.length)} of {count(changes.length)}
          </output>
        </form>
      )}
      {changes.length > 0 && shown.length === 0 && <p role="status">No change has all of this.</p>}
      <ol class="timeline card">
        {shown.map((change) => (
          <Change key={keyOfChange(change)} change={change} now={now} />
        ))}
      </ol>
    </>
  );
}

function Change({
  change: { time, kind, name, says },
  now,
}: {
  readonly change: RecentChange;
  readonly now: string;
}): JSX.Element {
  return (
    <li>
      <span class="mono">{Number.isNaN(Date.parse(time)) ? time : CLOCK.format(new Date(time))}</span>
      <Ago time={time} now={now} />
      <p>
        {kind === 'Service' ? <a href={hrefOf('services', { open: name })}>{name}</a> : `${kind} ${name}`}{' '}
        {says}
      </p>
    </li>
  );
}

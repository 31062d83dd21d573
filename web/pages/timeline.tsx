import type { JSX } from 'preact';
import type { OverviewDocument, RecentChange } from '../../src/overview/document.ts';
import { keyOfChange } from '../history.ts';
import { FilterForm } from '../parts/filter-form.tsx';
import { Ago } from '../parts/marks.tsx';
import { hrefOf, route } from '../route.ts';
import { history$ } from '../state.ts';
import { containsWords } from '../text.ts';

const CLOCK = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

export function Timeline({ document }: { readonly document: OverviewDocument }): JSX.Element {
  const { time: now } = document;
  const { find = '' } = route.value.query;
  const changes = history$.value;
  const shown = changes.filter(
    containsWords(find, ({ kind, name, says }: RecentChange) => `${kind} ${name} ${says}`),
  );
  return (
    <>
      <h1>Timeline</h1>
      <p class="about">
        The last changes that conditions and statuses tell of, and all that came since this page was opened.
      </p>
      {changes.length === 0 ? (
        <p>No object tells of a change.</p>
      ) : (
        <FilterForm
          {...{ name: 'find', value: find, label: 'Filter by any text' }}
          {...{ left: shown.length, all: changes.length }}
        />
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

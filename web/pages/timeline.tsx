import type { JSX } from 'preact';
import type { OverviewDocument } from '../../src/overview/document.ts';
import { keyOfChange, type TimelineChange } from '../history.ts';
import { FilterForm } from '../parts/filter-form.tsx';
import { Ago } from '../parts/marks.tsx';
import { hrefOf, route, setQuery } from '../route.ts';
import { history$ } from '../state.ts';
import { containsWords } from '../text.ts';
import { clockText, TOPICS, topicOf } from '../timeline-topics.ts';

export function Timeline({ document }: { readonly document: OverviewDocument }): JSX.Element {
  const { time: now } = document;
  const { find = '', about = '' } = route.value.query;
  const changes = history$.value;
  const shown = changes
    .filter((change) => about === '' || topicOf(change) === about)
    .filter(
      containsWords(
        find,
        ({ kind, name, says, because }: TimelineChange) => `${kind} ${name} ${says} ${because ?? ''}`,
      ),
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
        >
          <label>
            About{' '}
            <select
              value={about}
              onChange={(event) => setQuery({ about: event.currentTarget.value }, 'push')}
            >
              <option value="">everything</option>
              {TOPICS.map((topic) => (
                <option key={topic} value={topic}>
                  {topic}
                </option>
              ))}
            </select>
          </label>
        </FilterForm>
      )}
      {changes.length > 0 && shown.length === 0 && <p role="status">No change has all of this.</p>}
      {shown.length > 0 && (
        <ol class="timeline card">
          {shown.map((change) => (
            <Change key={keyOfChange(change)} change={change} now={now} />
          ))}
        </ol>
      )}
    </>
  );
}

type ChangeProps = { readonly change: TimelineChange; readonly now: string };

function Change({ change, now }: ChangeProps): JSX.Element {
  const { time, kind, name, says, because = null } = change;
  const href = placeOf(change);
  return (
    <li>
      <span class="mono">{clockText(time, now)}</span>
      <Ago time={time} now={now} />
      <div>
        <p>
          {kind === 'Service' ? '' : `${kind} `}
          {href === null ? <bdi>{name}</bdi> : <a href={href}>{name}</a>} {says}
        </p>
        {because !== null && <p class="about">{because}</p>}
      </div>
    </li>
  );
}

/** A link; null where no page has more about it. */
function placeOf({ kind, name }: Pick<TimelineChange, 'kind' | 'name'>): string | null {
  if (kind === 'Service') return hrefOf('services', { open: name });
  if (kind === 'IPAddressPool') return hrefOf('pools', { open: name });
  if (kind === 'Speaker' || kind === 'SpeakerStatus') return hrefOf('network', { box: `node ${name}` });
  return null;
}

/** One cell of the map: who has its address, since when and why, and who waits for it; or why nobody gets it. */
import type { JSX } from 'preact';
import type { OverviewDocument, PoolOverview } from '../../src/overview/document.ts';
import type { MapCell } from '../address-map.ts';
import { withheldText } from '../cell-state.ts';
import { hrefOf } from '../route.ts';
import { count, counted } from '../text.ts';
import { type WaitingService, waitingFor } from '../waiting-services.ts';
import { Ago } from './marks.tsx';

/** Services that a cell lists by name. */
const SERVICES_SHOWN_MAX = 20;

type CellDetailProps = {
  readonly cell: MapCell;
  readonly pool: PoolOverview;
  readonly document: OverviewDocument;
};

export function CellDetail({ cell, pool, document }: CellDetailProps): JSX.Element {
  const { text, services, withheld } = cell;
  const items = document.services?.items ?? [];
  const shown = services.slice(0, SERVICES_SHOWN_MAX);
  const known = new Map(items.map((one) => [one.service, one]));
  const waiting = waitingFor(text, pool.name, items);
  return (
    <div class="cell-detail" role="status">
      <p>
        <strong class="mono">{text}</strong>{' '}
        {services.length > 0 ? 'belongs to' : withheld === null ? 'is free.' : 'is given to no Service.'}
      </p>
      <ul>
        {shown.map((service) => {
          const { says = null, since = null } = known.get(service) ?? {};
          return (
            <li key={service}>
              <a href={hrefOf('services', { open: service })}>{service}</a>
              {since !== null && (
                <>
                  {' '}
                  <Ago time={since} now={document.time} />
                </>
              )}
              {says !== null && <small> {says}</small>}
            </li>
          );
        })}
      </ul>
      {services.length > shown.length && <p>and {counted(services.length - shown.length, 'more Service')}</p>}
      {withheld !== null && <p>{withheldText(withheld, cell, pool, document.pools ?? [])}</p>}
      {/* Who requests any address of the pool does not wait for one that it withholds. */}
      <Waiting waiting={withheld === null ? waiting : waiting.filter(({ names }) => names === 'address')} />
    </div>
  );
}

/** Those that request the address by name, then those that request its pool. */
function Waiting({ waiting }: { readonly waiting: readonly WaitingService[] }): JSX.Element {
  if (waiting.length === 0) return <p>No Service waits for it by name.</p>;
  const more = waiting.length - SERVICES_SHOWN_MAX;
  return (
    <>
      <p>
        {waiting.length === 1 ? 'A Service waits for it:' : `${count(waiting.length)} Services wait for it:`}
      </p>
      <ul>
        {waiting.slice(0, SERVICES_SHOWN_MAX).map(({ service, names, says }) => (
          <li key={service}>
            <a href={hrefOf('services', { open: service })}>{service}</a>{' '}
            {names === 'address' ? 'requests this address.' : 'requests an address of this pool.'}
            {says !== null && <small> {says}</small>}
          </li>
        ))}
      </ul>
      {more > 0 && <p>and {counted(more, 'more Service')}</p>}
    </>
  );
}

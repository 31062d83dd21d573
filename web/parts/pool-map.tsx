/** The map of a pool: who has which of its addresses, since when and why, and who waits for one. */
import type { JSX } from 'preact';
import { type AddressRange, formatRange, rangeSize } from '../../src/net/range.ts';
import type { OverviewDocument, PoolOverview } from '../../src/overview/document.ts';
import { cellsOf, densityOf, type MapCell, rangeOf, rangesOf, usersOf } from '../address-map.ts';
import { hrefOf, route, setQuery } from '../route.ts';
import { count, counted, sizeText } from '../text.ts';
import { type WaitingService, waitingFor } from '../waiting-services.ts';
import { Ago } from './marks.tsx';

/** Services that a cell lists by name. */
const SERVICES_SHOWN_MAX = 20;

type PoolMapProps = { readonly pool: PoolOverview; readonly document: OverviewDocument };

export function PoolMap({ pool, document }: PoolMapProps): JSX.Element {
  const { range: zoomed = '', cell: picked = '' } = route.value.query;
  const zoom = zoomed === '' ? null : rangeOf(zoomed);
  const ranges = zoom === null ? rangesOf(pool.addresses) : [zoom];
  return (
    <section class="card" aria-label={`Addresses of ${pool.name}`}>
      <h2>
        {pool.name}
        {zoom !== null && (
          <>
            {' '}
            <span class="mono">{formatRange(zoom)}</span>{' '}
            <a href={hrefOf('pools', { open: pool.name })}>all of the pool</a>
          </>
        )}
      </h2>
      {document.services === null ? (
        <p>Services could not be read, so nobody knows here who has which address.</p>
      ) : (
        ranges.map((range) => (
          <RangeMap
            key={formatRange(range)}
            range={range}
            pool={pool.name}
            services={document.services?.items ?? []}
            picked={picked}
            document={document}
          />
        ))
      )}
      <Legend />
      <p class="links">
        <a href={hrefOf('plan', { from: `ipaddresspool/${pool.name}` })}>Plan an edit of this pool</a>
      </p>
    </section>
  );
}

type CellState = 'free' | 'used' | 'shared' | `density-${ReturnType<typeof densityOf>}`;

/** What tells states apart without their colours. */
const SIGNS: Readonly<Record<CellState, string>> = {
  ...{ free: '', used: '•', shared: '+' },
  ...{ 'density-0': '', 'density-1': '▂', 'density-2': '▄', 'density-3': '▆', 'density-4': '█' },
};

const LEGEND: readonly (readonly [CellState, string])[] = [
  ['free', 'free'],
  ['used', 'in use'],
  ['shared', 'shared by several Services'],
  ['density-1', 'a block: less than a third in use'],
  ['density-2', 'a third'],
  ['density-3', 'two thirds'],
  ['density-4', 'all of it'],
];

function Legend(): JSX.Element {
  return (
    <ul class="legend" aria-label="Legend">
      {LEGEND.map(([state, says]) => (
        <li key={state}>
          <span class={`cell ${state}`} aria-hidden="true">
            {SIGNS[state]}
          </span>
          {says}
        </li>
      ))}
    </ul>
  );
}

type RangeMapProps = {
  readonly range: AddressRange;
  readonly pool: string;
  readonly services: NonNullable<OverviewDocument['services']>['items'];
  readonly picked: string;
  readonly document: OverviewDocument;
};

function RangeMap({ range, pool, services, picked, document }: RangeMapProps): JSX.Element {
  const cells = cellsOf(range, usersOf(range, services));
  const chosen = cells.find(({ text }) => text === picked);
  return (
    <>
      <h3>
        <span class="mono">{formatRange(range)}</span>{' '}
        <small>{rangeSize(range) === 1n ? '1 address' : `${sizeText(rangeSize(range))} addresses`}</small>
      </h3>
      <ul class="map">
        {cells.map((cell) => (
          <Cell key={cell.text} cell={cell} isChosen={cell === chosen} />
        ))}
      </ul>
      {chosen !== undefined && <CellDetail cell={chosen} pool={pool} document={document} />}
    </>
  );
}

function Cell({ cell, isChosen }: { readonly cell: MapCell; readonly isChosen: boolean }): JSX.Element {
  const { text, isBlock, used, services } = cell;
  const says = used === 0 ? 'free' : isBlock ? `${count(used)} in use` : services.join(', ');
  const shared = !isBlock && services.length > 1;
  const state: CellState = isBlock
    ? `density-${densityOf(cell)}`
    : used === 0
      ? 'free'
      : shared
        ? 'shared'
        : 'used';
  const open = (): void => setQuery(isBlock ? { range: text, cell: '' } : { cell: text }, 'push');
  return (
    <li>
      <button
        type="button"
        class={`cell ${state}`}
        title={`${text}: ${says}`}
        aria-label={`${text}: ${says}`}
        aria-pressed={isChosen}
        onClick={open}
      >
        <span aria-hidden="true">{SIGNS[state]}</span>
      </button>
    </li>
  );
}

type CellDetailProps = {
  readonly cell: MapCell;
  readonly pool: string;
  readonly document: OverviewDocument;
};

function CellDetail({ cell, pool, document }: CellDetailProps): JSX.Element {
  const { text, services } = cell;
  const shown = services.slice(0, SERVICES_SHOWN_MAX);
  const known = new Map(document.services?.items.map((one) => [one.service, one]));
  return (
    <div class="cell-detail" role="status">
      <p>
        <strong class="mono">{text}</strong> {services.length === 0 ? 'is free.' : 'belongs to'}
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
      <Waiting waiting={waitingFor(text, pool, document.services?.items ?? [])} />
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

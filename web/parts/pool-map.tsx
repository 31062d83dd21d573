/** The map of a pool: which of its addresses are in use, free, or given to nobody. A cell that is chosen is told in full. */
import type { JSX } from 'preact';
import { type AddressRange, formatRange, rangeSize } from '../../src/net/range.ts';
import type { OverviewDocument, PoolOverview, ServicesOverview } from '../../src/overview/document.ts';
import { cellsOf, isInPool, type MapCell, rangeOf, usersOf } from '../address-map.ts';
import { addressesText, CELL_SIGNS, cellState, cellText, legendOf, rangeText } from '../cell-state.ts';
import { rangesOf } from '../offered-addresses.ts';
import { hrefOf, route, setQuery } from '../route.ts';
import { moveByArrows } from './arrow-keys.ts';
import { CellDetail } from './cell-detail.tsx';
import { HiddenItems } from './hidden-items.tsx';
import { Mark } from './marks.tsx';

/** Ranges that are shown at first: a pool may have thousands. */
const RANGES_SHOWN_MAX = 12;

type PoolMapProps = { readonly pool: PoolOverview; readonly document: OverviewDocument };

export function PoolMap({ pool, document }: PoolMapProps): JSX.Element {
  const { range: zoomed = '' } = route.value.query;
  const zoom = zoomed === '' ? null : rangeOf(zoomed);
  const isZoomed = zoom !== null && isInPool(zoom, pool);
  return (
    <section class="card" aria-label={`Addresses of ${pool.name}`}>
      <h2>
        {pool.name}
        {zoomed !== '' && (
          <>
            {' '}
            <span class="mono">{isZoomed ? formatRange(zoom) : zoomed}</span>
            {isZoomed ? '' : ' is no part of it:'}{' '}
            <a href={hrefOf('pools', { open: pool.name })}>all of the pool</a>
          </>
        )}
      </h2>
      {document.services === null ? (
        <p>Services could not be read, so nobody knows here who has which address.</p>
      ) : (
        (isZoomed || zoomed === '') && (
          <Ranges
            ranges={isZoomed ? [zoom] : rangesOf(pool.addresses)}
            pool={pool}
            document={document}
            services={document.services}
          />
        )
      )}
      <p class="links">
        <a href={hrefOf('plan', { from: `ipaddresspool/${pool.name}` })}>Plan an edit of this pool</a>
      </p>
    </section>
  );
}

type RangesProps = PoolMapProps & {
  readonly ranges: readonly AddressRange[];
  readonly services: ServicesOverview;
};

function Ranges({ ranges, pool, document, services }: RangesProps): JSX.Element {
  const { cell: picked = '', ranges: wanted = '' } = route.value.query;
  const shown = wanted === 'all' ? ranges : ranges.slice(0, RANGES_SHOWN_MAX);
  const maps = shown.map((range) => ({ range, cells: cellsOf(range, usersOf(range, services.items), pool) }));
  return (
    <>
      {services.namespace !== null && (
        <p>
          <Mark tone="warning">
            Only Services of namespace {services.namespace} could be read: addresses that look free may be in
            use.
          </Mark>
        </p>
      )}
      {maps.map(({ range, cells }) => (
        <RangeMap key={formatRange(range)} {...{ range, cells, picked, pool, document }} />
      ))}
      <HiddenItems count={ranges.length - shown.length} noun="more range" query="ranges" />
      <ul class="legend" aria-label="Legend">
        {legendOf(maps.flatMap(({ cells }) => cells)).map(({ state, says }) => (
          <li key={state}>
            <span class={`cell ${state}`} aria-hidden="true">
              {CELL_SIGNS[state]}
            </span>
            {says}
          </li>
        ))}
      </ul>
    </>
  );
}

type RangeMapProps = PoolMapProps & {
  readonly range: AddressRange;
  readonly cells: readonly MapCell[];
  readonly picked: string;
};

function RangeMap({ range, cells, picked, pool, document }: RangeMapProps): JSX.Element {
  const chosen = cells.find(({ text }) => text === picked);
  return (
    <>
      <h3>
        <span class="mono">{formatRange(range)}</span>{' '}
        <small>
          {addressesText(rangeSize(range))}: {rangeText(cells)}
        </small>
      </h3>
      <ul class="map" onKeyDown={moveByArrows}>
        {cells.map((cell) => (
          <Cell
            key={cell.text}
            cell={cell}
            isChosen={cell === chosen}
            isTabStop={cell === (chosen ?? cells[0])}
          />
        ))}
      </ul>
      {chosen !== undefined && <CellDetail cell={chosen} pool={pool} document={document} />}
    </>
  );
}

type CellProps = {
  readonly cell: MapCell;
  readonly isChosen: boolean;
  /** Tab stops at one cell of each map; arrow keys go to the others. */
  readonly isTabStop: boolean;
};

function Cell({ cell, isChosen, isTabStop }: CellProps): JSX.Element {
  const { text, isBlock } = cell;
  const state = cellState(cell);
  const says = `${text}: ${cellText(cell)}`;
  const open = (): void => setQuery(isBlock ? { range: text, cell: '' } : { cell: text }, 'push');
  return (
    <li>
      <button
        type="button"
        class={`cell ${state}`}
        title={says}
        aria-label={says}
        aria-pressed={isChosen}
        tabIndex={isTabStop ? 0 : -1}
        onClick={open}
      >
        <span aria-hidden="true">{CELL_SIGNS[state]}</span>
      </button>
    </li>
  );
}

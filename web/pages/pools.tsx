import type { JSX } from 'preact';
import { type AddressRange, formatRange } from '../../src/net/range.ts';
import type { OverviewDocument, PoolOverview } from '../../src/overview/document.ts';
import { cellsOf, densityOf, type MapCell, rangeOf, rangesOf, usersOf } from '../address-map.ts';
import { Ago, Bar, familiesOf, Mark } from '../parts/marks.tsx';
import { Unread } from '../parts/unread.tsx';
import { UsageChart } from '../parts/usage-chart.tsx';
import { hrefOf, route, setQuery } from '../route.ts';
import { usage$ } from '../state.ts';
import { count, counted } from '../text.ts';

/** Services that a cell lists by name. */
const SERVICES_SHOWN_MAX = 20;

export function Pools({ document }: { readonly document: OverviewDocument }): JSX.Element {
  const { pools } = document;
  const { open = '' } = route.value.query;
  if (pools === null)
    return (
      <>
        <h1>Pools</h1>
        <Unread document={document} kind="IPAddressPool" says="Pools could not be read" />
      </>
    );
  const chosen = pools.find(({ name }) => name === open) ?? pools[0];
  return (
    <>
      <h1>Pools</h1>
      {pools.length === 0 && <p>There is no IPAddressPool: no Service can get an address.</p>}
      <div class="cards">
        {pools.map((pool) => (
          <PoolCard key={pool.name} pool={pool} document={document} isChosen={pool === chosen} />
        ))}
      </div>
      {chosen !== undefined && <PoolMap pool={chosen} document={document} />}
    </>
  );
}

type PoolProps = { readonly pool: PoolOverview; readonly document: OverviewDocument };

function PoolCard({ pool, document, isChosen }: PoolProps & { readonly isChosen: boolean }): JSX.Element {
  const { name, state, addresses, services, waiting, autoAssign, issues, exhausted } = pool;
  return (
    <section class={isChosen ? 'card chosen' : 'card'}>
      <h2>
        <a href={hrefOf('pools', { open: name })} aria-current={isChosen ? 'true' : undefined}>
          {name}
        </a>
      </h2>
      <p>
        {state === 'invalid' ? (
          <Mark tone="bad">invalid</Mark>
        ) : exhausted ? (
          <Mark tone="bad">no address is free</Mark>
        ) : pool.exhaustedSoon ? (
          <Mark tone="warning">few addresses are free</Mark>
        ) : (
          <Mark tone="good">has free addresses</Mark>
        )}
      </p>
      {issues.map((issue) => (
        <p key={issue} class="error">
          {issue}
        </p>
      ))}
      {familiesOf(pool).map(({ family, used, free }) => (
        <p key={family} class="use">
          <Bar used={used} free={free} /> {count(used)} used, {count(free)} free ({family})
        </p>
      ))}
      <UsageChart points={usage$.value.get(name) ?? []} now={Date.parse(document.time)} />
      <p class="about">
        {addresses.join(', ')}
        {services !== null && ` · ${counted(services, 'Service')}`}
        {waiting !== null && waiting > 0 && (
          <>
            {' · '}
            <a href={hrefOf('services', { state: 'waiting', find: name })}>
              {counted(waiting, 'Service')} waiting for it
            </a>
          </>
        )}
        {!autoAssign && ' · only on request'}
      </p>
    </section>
  );
}

function PoolMap({ pool, document }: PoolProps): JSX.Element {
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

const LEGEND = [
  ['free', '', 'free'],
  ['used', '', 'in use'],
  ['shared', '+', 'shared by several Services'],
  ['density-1', '', 'a block of which a part is in use'],
] as const;

function Legend(): JSX.Element {
  return (
    <ul class="legend" aria-label="Legend">
      {LEGEND.map(([state, sign, says]) => (
        <li key={state}>
          <span class={`cell ${state}`} aria-hidden="true">
            {sign}
          </span>
          {says}
        </li>
      ))}
    </ul>
  );
}

type RangeMapProps = {
  readonly range: AddressRange;
  readonly services: NonNullable<OverviewDocument['services']>['items'];
  readonly picked: string;
  readonly document: OverviewDocument;
};

function RangeMap({ range, services, picked, document }: RangeMapProps): JSX.Element {
  const cells = cellsOf(range, usersOf(range, services));
  const chosen = cells.find(({ text }) => text === picked);
  return (
    <>
      <h3 class="mono">{formatRange(range)}</h3>
      <ul class="map">
        {cells.map((cell) => (
          <Cell key={cell.text} cell={cell} isChosen={cell === chosen} />
        ))}
      </ul>
      {chosen !== undefined && <CellDetail cell={chosen} document={document} />}
    </>
  );
}

function Cell({ cell, isChosen }: { readonly cell: MapCell; readonly isChosen: boolean }): JSX.Element {
  const { text, isBlock, used, services } = cell;
  const says = used === 0 ? 'free' : isBlock ? `${count(used)} in use` : services.join(', ');
  const shared = !isBlock && services.length > 1;
  const state = isBlock ? `density-${densityOf(cell)}` : used === 0 ? 'free' : shared ? 'shared' : 'used';
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
        <span aria-hidden="true">{shared ? '+' : ''}</span>
      </button>
    </li>
  );
}

function CellDetail({
  cell,
  document,
}: {
  readonly cell: MapCell;
  readonly document: OverviewDocument;
}): JSX.Element {
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
    </div>
  );
}

import type { JSX } from 'preact';
import type { OverviewDocument, PoolOverview } from '../../src/overview/document.ts';
import { FilterForm } from '../parts/filter-form.tsx';
import { HiddenItems } from '../parts/hidden-items.tsx';
import { Bar, familiesOf, Mark } from '../parts/marks.tsx';
import { PoolMap } from '../parts/pool-map.tsx';
import { Unread } from '../parts/unread.tsx';
import { UsageChart } from '../parts/usage-chart.tsx';
import { poolState } from '../pool-state.ts';
import { hrefOf, route } from '../route.ts';
import { origin$, usage$ } from '../state.ts';
import { containsWords, countAddresses, counted } from '../text.ts';

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
  const found = pools.find(({ name }) => name === open);
  const chosen = found ?? pools[0];
  return (
    <>
      <h1>Pools</h1>
      {open !== '' && found === undefined && (
        <p role="status">
          <Mark tone="warning">
            There is no IPAddressPool <bdi>{open}</bdi>.
          </Mark>{' '}
          <a href={hrefOf('services', { find: open })}>Services that name it</a>
        </p>
      )}
      {pools.length === 0 && <p>There is no IPAddressPool: no Service can get an address.</p>}
      <PoolCards pools={pools} document={document} chosen={chosen ?? null} />
      {chosen !== undefined && <PoolMap pool={chosen} document={document} />}
    </>
  );
}

/** Cards that are shown at first, so that the map below is not far away. */
const SHOWN_MAX = 6;

type PoolCardsProps = {
  readonly pools: readonly PoolOverview[];
  readonly document: OverviewDocument;
  readonly chosen: PoolOverview | null;
};

function PoolCards({ pools, document, chosen }: PoolCardsProps): JSX.Element {
  const { find = '', pools: wanted = '' } = route.value.query;
  const matches = pools.filter(containsWords(find, textOf));
  const shown = wanted === 'all' ? matches : matches.slice(0, SHOWN_MAX);
  return (
    <>
      {pools.length > SHOWN_MAX && (
        <FilterForm
          {...{ name: 'find', value: find, label: 'Filter by name, address or state' }}
          {...{ left: matches.length, all: pools.length }}
        />
      )}
      {matches.length === 0 && pools.length > 0 && <p role="status">No pool has all of this.</p>}
      <div class="cards">
        {shown.map((pool) => (
          <PoolCard key={pool.name} pool={pool} document={document} isChosen={pool === chosen} />
        ))}
      </div>
      <HiddenItems count={matches.length - shown.length} noun="more pool" query="pools" />
    </>
  );
}

const textOf = (pool: PoolOverview): string =>
  `${pool.name} ${pool.addresses.join(' ')} ${pool.issues.join(' ')} ${poolState(pool).says}`;

type PoolCardProps = {
  readonly pool: PoolOverview;
  readonly document: OverviewDocument;
  readonly isChosen: boolean;
};

function PoolCard({ pool, document, isChosen }: PoolCardProps): JSX.Element {
  const { name, addresses, services, waiting, autoAssign, issues } = pool;
  const { tone, says } = poolState(pool);
  const { find = '', pools = '' } = route.value.query;
  return (
    <section class={isChosen ? 'card chosen' : 'card'}>
      <h2>
        <a href={hrefOf('pools', { find, pools, open: name })} aria-current={isChosen ? 'true' : undefined}>
          {name}
        </a>
      </h2>
      <p>
        <Mark tone={tone}>{says}</Mark>
      </p>
      {issues.map((issue) => (
        <p key={issue} class="error">
          {issue}
        </p>
      ))}
      {familiesOf(pool).map(({ family, used, free }) => (
        <p key={family} class="use">
          <Bar used={used} free={free} /> {countAddresses(used)} used, {countAddresses(free)} free ({family})
        </p>
      ))}
      {origin$.value === 'cluster' && (
        <UsageChart points={usage$.value.get(name) ?? []} now={Date.parse(document.time)} />
      )}
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

import type { JSX } from 'preact';
import type { OverviewDocument, PoolOverview } from '../../src/overview/document.ts';
import { Bar, familiesOf, Mark } from '../parts/marks.tsx';
import { PoolMap } from '../parts/pool-map.tsx';
import { Unread } from '../parts/unread.tsx';
import { UsageChart } from '../parts/usage-chart.tsx';
import { hrefOf, route } from '../route.ts';
import { usage$ } from '../state.ts';
import { countAddresses, counted } from '../text.ts';

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
      <div class="cards">
        {pools.map((pool) => (
          <PoolCard key={pool.name} pool={pool} document={document} isChosen={pool === chosen} />
        ))}
      </div>
      {chosen !== undefined && <PoolMap pool={chosen} document={document} />}
    </>
  );
}

type PoolCardProps = {
  readonly pool: PoolOverview;
  readonly document: OverviewDocument;
  readonly isChosen: boolean;
};

function PoolCard({ pool, document, isChosen }: PoolCardProps): JSX.Element {
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
          <Bar used={used} free={free} /> {countAddresses(used)} used, {countAddresses(free)} free ({family})
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

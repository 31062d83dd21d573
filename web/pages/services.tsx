import type { JSX } from 'preact';
import { explainCommand } from '../../src/overview/commands.ts';
import type { OverviewDocument, ServiceOverview } from '../../src/overview/document.ts';
import { useAnswer } from '../ask.ts';
import { BerthCommand } from '../parts/command.tsx';
import { FilterForm } from '../parts/filter-form.tsx';
import { LongList } from '../parts/long-list.tsx';
import { Ago, Mark } from '../parts/marks.tsx';
import { Refusal, Report } from '../parts/report.tsx';
import { Unread } from '../parts/unread.tsx';
import { hrefOf, route, setQuery } from '../route.ts';
import { compareNaturally, containsWords } from '../text.ts';
import type { Tone } from '../tone.ts';

const FILTERS = {
  all: { text: 'all', accepts: () => true },
  waiting: {
    text: 'without an address',
    accepts: ({ state }) => state === 'waiting' || state === 'unreconciled',
  },
  silent: { text: 'not announced', accepts: ({ announced }) => announced?.status === 'False' },
  assigned: { text: 'with an address', accepts: ({ state }) => state === 'assigned' },
} as const satisfies Record<string, { text: string; accepts: (service: ServiceOverview) => boolean }>;

type FilterName = keyof typeof FILTERS;
const filterNames = Object.keys(FILTERS) as FilterName[];

const SORTS = {
  name: ({ service }) => service,
  address: ({ addresses }) => addresses[0] ?? '￿',
  pool: ({ pool }) => pool ?? '￿',
  reason: ({ reason }) => reason ?? '￿',
} as const satisfies Record<string, (service: ServiceOverview) => string>;

type SortName = keyof typeof SORTS;
const sortNames = Object.keys(SORTS) as SortName[];

export function Services({ document }: { readonly document: OverviewDocument }): JSX.Element {
  const { find = '', open = '' } = route.value.query;
  const filter = filterNames.find((name) => name === route.value.query['state']) ?? 'all';
  const sort = sortNames.find((name) => name === route.value.query['sort']) ?? 'name';
  const { services } = document;
  if (services === null)
    return (
      <>
        <h1>Services</h1>
        <Unread document={document} kind="Service" says="Services could not be read" />
      </>
    );
  const items = select(services.items, { find, filter, sort });
  const opened = services.items.find(({ service }) => service === open);
  return (
    <div class={opened === undefined ? 'split' : 'split open'}>
      <section>
        <h1>Services</h1>
        <FilterForm
          {...{ name: 'find', value: find, label: 'Filter by name, address, pool or reason' }}
          {...{ left: items.length, all: services.items.length }}
        >
          <Choice
            label="Show"
            value={filter}
            options={filterNames.map((name) => [name, FILTERS[name].text])}
            onChange={(value) => setQuery({ state: value }, 'push')}
          />
          <Choice
            label="Sort by"
            value={sort}
            options={sortNames.map((name) => [name, name])}
            onChange={(value) => setQuery({ sort: value }, 'push')}
          />
        </FilterForm>
        {items.length === 0 && (
          <p role="status">
            {services.items.length === 0
              ? 'There is no Service of type LoadBalancer.'
              : 'No Service has all of this: change the filter.'}
          </p>
        )}
        <LongList
          items={items}
          keyOf={({ service }) => service}
          label="Services"
          head={HEAD}
          row={Row}
          selected={open}
          onSelect={(service) => setQuery({ open: service }, 'push')}
        />
      </section>
      {open !== '' && opened === undefined && (
        <p role="status">
          <Mark tone="warning">
            There is no Service <bdi>{open}</bdi> of type LoadBalancer
            {services.namespace !== null && ` in the namespace ${services.namespace}`}.
          </Mark>
        </p>
      )}
      {opened !== undefined && <Detail service={opened} now={document.time} />}
    </div>
  );
}

/** One for all comparisons: to make it costs more than to compare. */
function select(
  items: readonly ServiceOverview[],
  { find, filter, sort }: { readonly find: string; readonly filter: FilterName; readonly sort: SortName },
): readonly ServiceOverview[] {
  const { accepts } = FILTERS[filter];
  const hasWords = containsWords(find, textOf);
  const found = items.filter((service) => accepts(service) && hasWords(service));
  if (sort === 'name') return found;
  const keyOf = SORTS[sort];
  return found.toSorted((a, b) => compareNaturally(keyOf(a), keyOf(b)));
}

/** A long request is cut, and what it waits for is not. */
const textOf = ({
  service,
  addresses,
  pool,
  reason,
  announced,
  request,
  waitsFor,
}: ServiceOverview): string =>
  `${service} ${addresses.join(' ')} ${pool ?? ''} ${reason ?? ''} ${announced?.reason ?? ''} ${request} ${waitsFor?.pool ?? ''}`;

const HEAD = (
  <>
    <span role="columnheader">Service</span>
    <span role="columnheader">Addresses</span>
    <span role="columnheader">Pool</span>
    <span role="columnheader">State</span>
    <span role="columnheader">Announced</span>
  </>
);

function Row(service: ServiceOverview): JSX.Element {
  const { addresses, pool } = service;
  return (
    <>
      <span role="gridcell" title={service.service}>
        {service.service}
      </span>
      <span role="gridcell" class="mono" title={addresses.join(' ')}>
        {addresses.join(' ')}
      </span>
      <span role="gridcell" title={pool ?? ''}>
        {pool}
      </span>
      <span role="gridcell">
        <State service={service} />
      </span>
      <span role="gridcell">
        <Announced service={service} />
      </span>
    </>
  );
}

function State({ service: { state, reason } }: { readonly service: ServiceOverview }): JSX.Element {
  if (state === 'assigned') return <Mark tone="good">{reason ?? 'has an address'}</Mark>;
  if (state === 'others') return <Mark tone="idle">another controller</Mark>;
  return <Mark tone={state === 'waiting' ? 'bad' : 'warning'}>{reason ?? 'not reconciled yet'}</Mark>;
}

const WAYS = { calico: 'by Calico', bgp: 'by BGP', layer2: 'by ARP and NDP' } as const;

function Announced({ service: { announced } }: { readonly service: ServiceOverview }): JSX.Element | null {
  if (announced === null) return null;
  const tones: Readonly<Record<string, Tone>> = { True: 'good', False: 'bad' };
  const text = announced.status === 'True' && announced.by !== null ? WAYS[announced.by] : announced.reason;
  return <Mark tone={tones[announced.status] ?? 'warning'}>{text}</Mark>;
}

function Detail({ service, now }: { readonly service: ServiceOverview; readonly now: string }): JSX.Element {
  const { pool, since, answeredBy } = service;
  return (
    <aside class="detail card" aria-label={`Service ${service.service}`}>
      <button type="button" class="close" onClick={() => setQuery({ open: '' }, 'push')}>
        Close
      </button>
      <h2>{service.service}</h2>
      <p>
        <State service={service} /> <Announced service={service} />{' '}
        {since !== null && (
          <small>
            <Ago time={since} now={now} />
          </small>
        )}
      </p>
      <Explained service={service} />
      <p class="links">
        {pool !== null && <a href={hrefOf('pools', { open: pool })}>Pool {pool}</a>}
        {service.addresses.length > 0 && (
          <a href={hrefOf('network', { service: service.service })}>
            Its way through the network{answeredBy !== null && `: ${answeredBy}`}
          </a>
        )}
        <a href={hrefOf('plan', { from: `service/${service.service}` })}>Plan an edit</a>
      </p>
      <BerthCommand command={explainCommand(service.service)} />
    </aside>
  );
}

/** Why it has its address is answered at once. Who announces it takes longer: the whole cluster is read for it. */
function Explained({ service }: { readonly service: ServiceOverview }): JSX.Element {
  const question = { service: service.service };
  const held = useAnswer('/api/allocation', question, service);
  const asked = useAnswer('/api/explain', question, service);
  if (asked.kind === 'refused') return <Refusal errors={asked.errors} />;
  if (asked.kind === 'asking') {
    const sections = held.kind === 'answered' ? held.answer.sections : null;
    return (
      <>
        {sections === null ? <Conditions service={service} /> : <Report sections={sections} />}
        <p class="muted" role="status">
          {sections === null ? 'Asking each pool …' : 'Asking who announces it …'}
        </p>
      </>
    );
  }
  const { sections, unread } = asked.answer;
  return (
    <>
      <Report sections={sections} />
      {unread.map((says) => (
        <p key={says}>
          <Mark tone="warning">{says}.</Mark>
        </p>
      ))}
    </>
  );
}

/** What the controller has written to the Service. */
function Conditions({ service: { says, announced } }: { readonly service: ServiceOverview }): JSX.Element {
  return (
    <>
      {says !== null && <p>{says}</p>}
      {announced !== null && <p>{announced.says}</p>}
    </>
  );
}

type ChoiceProps = {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [string, string])[];
  readonly onChange: (value: string) => void;
};

function Choice({ label, value, options, onChange }: ChoiceProps): JSX.Element {
  return (
    <label>
      {label}{' '}
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

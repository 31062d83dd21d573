import type { ComponentChildren, JSX } from 'preact';
import type { AnnouncingOverview } from '../../src/overview/announcing-document.ts';
import type { OverviewDocument } from '../../src/overview/document.ts';
import { Ago, Bar, familiesOf, Mark } from '../parts/marks.tsx';
import { ProblemList } from '../parts/problem-list.tsx';
import { worstPools } from '../pool-state.ts';
import { hrefOf } from '../route.ts';
import { count, countAddresses, counted } from '../text.ts';
import type { Tone } from '../tone.ts';

const PROBLEMS_SHOWN_MAX = 5;
/** Of more pools, those that need somebody come first. */
const POOLS_SHOWN_MAX = 8;

export function Overview({ document }: { readonly document: OverviewDocument }): JSX.Element {
  const shown = document.problems.filter(({ severity }) => severity !== 'hint').slice(0, PROBLEMS_SHOWN_MAX);
  const more = document.problems.length - shown.length;
  return (
    <>
      <h1 class="verdict">
        <Verdict document={document} />
      </h1>
      {shown.length > 0 && <ProblemList problems={shown} />}
      {more > 0 && (
        <p>
          <a href={hrefOf('findings')}>{counted(more, 'more finding')}</a>
        </p>
      )}
      <div class="cards wide">
        <Controller document={document} />
        <Services document={document} />
        <Pools document={document} />
        <Announcing document={document} />
      </div>
      {document.notRead.length > 0 && (
        <section class="card warning">
          <h2>Not known</h2>
          <ul>
            {document.notRead.map((says) => (
              <li key={says}>{says}.</li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Verdict({
  document: { verdict, partial, problems, kinds },
}: {
  readonly document: OverviewDocument;
}): JSX.Element {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.filter(({ severity }) => severity === 'warning').length;
  if (verdict === 'errors')
    return <Mark tone="bad">{counted(errors, 'error')}: some traffic does not work</Mark>;
  if (verdict === 'warnings') return <Mark tone="warning">{counted(warnings, 'warning')}, no error</Mark>;
  if (!kinds.some(({ state }) => state === 'read'))
    return <Mark tone="warning">Nothing of the cluster could be read</Mark>;
  if (partial) return <Mark tone="warning">Nothing is wrong in what could be read</Mark>;
  return <Mark tone="good">Nothing needs you</Mark>;
}

function Controller({ document }: { readonly document: OverviewDocument }): JSX.Element {
  const { state, says, version, since, pods } = document.controller;
  const tone: Tone = state === 'leading' ? 'good' : state === 'unknown' ? 'warning' : 'bad';
  return (
    <section class="card">
      <h2>Controller</h2>
      <p>
        <Mark tone={tone}>{says}.</Mark>
      </p>
      <dl>
        {version !== null && <Fact name="Version">{version}</Fact>}
        {since !== null && (
          <Fact name="Leads since">
            <Ago time={since} now={document.time} />
          </Fact>
        )}
        {pods !== null && pods.length > 0 && (
          <Fact name="Pods ready">
            {pods.filter(({ ready }) => ready).length} of {pods.length}
          </Fact>
        )}
      </dl>
    </section>
  );
}

function Services({ document: { services } }: { readonly document: OverviewDocument }): JSX.Element {
  return (
    <section class="card">
      <h2>
        <a href={hrefOf('services')}>Services</a>
      </h2>
      {services === null ? (
        <p>Services could not be read.</p>
      ) : (
        <>
          <p class="figure">
            {count(services.withAddress)} <small>of {count(services.total)} have an address</small>
          </p>
          <ul class="reasons">
            {services.reasons.map(({ reason, count: number, example }) => (
              <li key={reason}>
                <a href={hrefOf('services', { state: 'waiting', find: reason })}>
                  <Mark tone="bad">
                    {count(number)} {reason}
                  </Mark>
                </a>{' '}
                <small>such as {example}</small>
              </li>
            ))}
            {services.announced.no > 0 && (
              <li>
                <a href={hrefOf('services', { state: 'silent' })}>
                  <Mark tone="bad">{count(services.announced.no)} not announced</Mark>
                </a>
              </li>
            )}
          </ul>
        </>
      )}
    </section>
  );
}

function Pools({ document: { pools } }: { readonly document: OverviewDocument }): JSX.Element {
  const shown = worstPools(pools ?? []).slice(0, POOLS_SHOWN_MAX);
  const more = (pools ?? []).length - shown.length;
  return (
    <section class="card">
      <h2>
        <a href={hrefOf('pools')}>Pools</a>
      </h2>
      {pools === null && <p>Pools could not be read.</p>}
      {pools?.length === 0 && <p>There is no IPAddressPool.</p>}
      <table class="small">
        <tbody>
          {shown.map((pool) => (
            <tr key={pool.name}>
              <th scope="row">
                <a href={hrefOf('pools', { open: pool.name })}>{pool.name}</a>
              </th>
              <td>
                {pool.state === 'invalid' && <Mark tone="bad">invalid</Mark>}
                {familiesOf(pool).map(({ family, used, free }) => (
                  <span key={family} class="use">
                    <Bar used={used} free={free} /> {countAddresses(free)} free of{' '}
                    {countAddresses(used + free)}
                  </span>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && (
        <p class="links">
          <a href={hrefOf('pools')}>and {counted(more, 'more pool')}</a>
        </p>
      )}
    </section>
  );
}

function Announcing({ document: { announcing } }: { readonly document: OverviewDocument }): JSX.Element {
  const lines = announcingLines(announcing);
  return (
    <section class="card">
      <h2>
        <a href={hrefOf('network')}>Announcing</a>
      </h2>
      {lines.length === 0 && <p>Neither Calico nor a speaker announces addresses, as far as can be seen.</p>}
      <ul class="plain">
        {lines.map(({ text, tone }) => (
          <li key={text}>
            <Mark tone={tone}>{text}</Mark>
          </li>
        ))}
      </ul>
    </section>
  );
}

function announcingLines({ calico, speakers, sessions, layer2, unknown }: AnnouncingOverview) {
  const lines: { readonly text: string; readonly tone: Tone }[] = [];
  for (const { router, sessions, routes } of calico?.routers ?? [])
    lines.push({
      text: `${router} learns ${counted(routes, 'route')} from Calico, ${sessions.up} of ${sessions.all} sessions`,
      tone: sessions.up === sessions.all ? 'good' : 'bad',
    });
  if (speakers !== null) {
    const running = speakers.filter(({ state }) => state === 'running').length;
    lines.push({
      text: `${running} of ${counted(speakers.length, 'speaker')} run`,
      tone: running === speakers.length ? 'good' : 'bad',
    });
  }
  if (sessions !== null && sessions.all > 0)
    lines.push({
      text: `${sessions.up} of ${counted(sessions.all, 'BGP session')} up`,
      tone: sessions.up === sessions.all ? 'good' : 'bad',
    });
  if (layer2 !== null) {
    const answered = layer2.nodes.reduce((sum, { services }) => sum + services, 0);
    lines.push({ text: `${counted(answered, 'Service')} answered by ARP and NDP`, tone: 'good' });
    for (const { address, mac } of layer2.conflicts)
      lines.push({ text: `${address} is used by another host, too: ${mac}`, tone: 'bad' });
  }
  for (const says of unknown) lines.push({ text: says, tone: 'warning' });
  return lines;
}

function Fact({
  name,
  children,
}: {
  readonly name: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

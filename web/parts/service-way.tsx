/** A Service that somebody chooses, and its way: which routers send to which nodes, or who answers by ARP and NDP. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { ExplainAnswer, ServiceWay } from '../../src/overview/answers.ts';
import type { OverviewDocument, ServiceOverview } from '../../src/overview/document.ts';
import type { Asked } from '../ask.ts';
import { hrefOf, route, setQuery } from '../route.ts';
import { counted } from '../text.ts';
import type { Tone } from '../tone.ts';
import { Mark } from './marks.tsx';
import { Refusal } from './report.tsx';
import { SuggestingField, type Suggestion } from './suggesting-field.tsx';

/** The field that names a Service. */
export function ServiceChoice({ document }: { readonly document: OverviewDocument }): JSX.Element | null {
  const items = document.services?.items;
  const suggestions = useMemo(() => suggestionsOf(items ?? []), [items]);
  if (suggestions.length === 0) return null;
  return (
    <SuggestingField
      {...{ label: 'Way of Service', class: 'service-choice', id: 'services', type: 'search' }}
      value={route.value.query['service'] ?? ''}
      placeholder="namespace/name  ( / )"
      suggestions={suggestions}
      onChoose={(service) => setQuery({ service, box: '' }, 'push')}
    />
  );
}

const suggestionsOf = (items: readonly ServiceOverview[]): readonly Suggestion[] =>
  items.map(({ service, addresses }) => ({ name: service, about: addresses.join(' ') }));

type WaysProps = {
  readonly service: string;
  readonly hasAddress: boolean;
  readonly asked: Asked<ExplainAnswer>;
};

/** What the picture shows, in words. */
export function Ways({ service, hasAddress, asked }: WaysProps): JSX.Element {
  if (asked.kind === 'asking')
    return (
      <p class="muted" role="status">
        Asking who announces {service} …
      </p>
    );
  if (asked.kind === 'refused') return <Refusal errors={asked.errors} />;
  const { ways, unread } = asked.answer;
  return (
    <>
      {ways.length === 0 && (
        <p>
          {unread.length === 0 && `${hasAddress ? 'Nobody announces it' : 'It has no address to announce'}. `}
          <a href={hrefOf('services', { open: service })}>Why</a>
        </p>
      )}
      {ways.map((way, index) => (
        <Way
          key={`${way.by} ${way.address}`}
          way={way}
          service={service}
          // Calico has one verdict for all addresses of a Service.
          isSaid={ways.slice(0, index).some(({ by, says }) => by === way.by && says === way.says)}
        />
      ))}
      {unread.map((says) => (
        <p key={says}>
          <Mark tone="warning">{says}.</Mark>
        </p>
      ))}
    </>
  );
}

const BY: Readonly<Record<ServiceWay['by'], string>> = {
  calico: 'by Calico',
  'bgp-speakers': "by Berth's speakers, BGP",
  'layer2-speakers': "by Berth's speakers, ARP and NDP",
};

type WayProps = {
  readonly way: ServiceWay;
  readonly service: string;
  /** Its sentence stands above. */
  readonly isSaid: boolean;
};

function Way({ way, service, isSaid }: WayProps): JSX.Element {
  const { by, address, announced, says, routers, nodes } = way;
  const tone: Tone = announced === null ? 'warning' : announced ? 'good' : 'bad';
  const answering = by === 'layer2-speakers' ? nodes.filter(({ leads }) => leads) : [];
  const aside = nodes.filter(({ leads, says: text }) => !leads && text !== '');
  return (
    <section class="report">
      <h3>
        <span class="mono">{address ?? service}</span> {BY[by]}
      </h3>
      {!isSaid && (
        <p>
          <Mark tone={tone}>{says}</Mark>
        </p>
      )}
      <ul class="plain">
        {answering.map(({ node, says: text }) => (
          <li key={node}>
            <strong>{node}</strong> {text}.
          </li>
        ))}
        {routers.map(({ router, routes }) => (
          <li key={router}>
            <span class="mono">{router}</span>{' '}
            {routes.length === 0 ? (
              <span class="text-bad">learns no route to it</span>
            ) : (
              routes.map(({ prefix, from }) => (
                <span key={prefix}>
                  learns <span class="mono">{prefix}</span> from {from.join(', ')}
                  {from.length > 1 ? `: ECMP over ${counted(from.length, 'node')}. ` : '. '}
                </span>
              ))
            )}
          </li>
        ))}
      </ul>
      {aside.length > 0 && (
        <details>
          <summary>{counted(aside.length, 'node')} without traffic</summary>
          <ul class="plain">
            {aside.map(({ node, says: text }) => (
              <li key={node}>
                <strong>{node}</strong> {text}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

/** Who answers by ARP and NDP: the nodes, the owner of each address, and other hosts that use one. */
import type { JSX } from 'preact';
import type { AnnouncingOverview } from '../../src/overview/announcing-document.ts';
import type { OverviewDocument } from '../../src/overview/document.ts';
import { route, setQuery } from '../route.ts';
import { compareNaturally, containsWords, count } from '../text.ts';
import { SPEAKER_TONES } from '../tone.ts';
import { FilterField } from './filter-field.tsx';
import { LongList } from './long-list.tsx';
import { Mark } from './marks.tsx';
import { Scrolling } from './scrolling.tsx';

type Layer2OwnersProps = {
  readonly layer2: NonNullable<AnnouncingOverview['layer2']>;
  readonly document: OverviewDocument;
};

export function Layer2Owners({ layer2, document }: Layer2OwnersProps): JSX.Element {
  const interfaces = new Map(
    (document.announcing.speakers ?? []).map((one) => [one.node, one.interfaces ?? []]),
  );
  return (
    <section class="card">
      <h2>Answered by ARP and NDP</h2>
      <Scrolling label="Nodes that answer by ARP and NDP" isTall>
        <table>
          <thead>
            <tr>
              <th scope="col">Node</th>
              <th scope="col">Speaker</th>
              <th scope="col">Interfaces</th>
              <th scope="col" class="number">
                Services
              </th>
            </tr>
          </thead>
          <tbody>
            {layer2.nodes.map(({ node, state, services }) => (
              <tr key={node}>
                <th scope="row">
                  <bdi>{node}</bdi>
                </th>
                <td>
                  <Mark tone={SPEAKER_TONES[state]}>{state}</Mark>
                </td>
                <td class="mono">{interfaces.get(node)?.join(', ')}</td>
                <td class="number">{count(services)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolling>
      {layer2.conflicts.length > 0 && <h3>Addresses that other hosts use</h3>}
      <ul>
        {layer2.conflicts.map(({ address, mac, node, interface: name }) => (
          <li key={`${address} ${mac} ${node}`}>
            <Mark tone="bad">
              {address}: {mac}, seen by {node} on {name}
            </Mark>
          </li>
        ))}
      </ul>
      <AddressOwners document={document} />
    </section>
  );
}

type OwnedAddress = { readonly address: string; readonly service: string; readonly node: string };

function ownedAddresses({ services }: OverviewDocument): readonly OwnedAddress[] {
  const owned = (services?.items ?? []).flatMap(({ service, addresses, answeredBy }) =>
    answeredBy === null ? [] : addresses.map((address) => ({ address, service, node: answeredBy })),
  );
  return owned.toSorted((a, b) => compareNaturally(a.address, b.address));
}

const keyOf = ({ address, service }: OwnedAddress): string => `${address} ${service}`;

function AddressOwners({ document }: { readonly document: OverviewDocument }): JSX.Element | null {
  const { owner = '', service = '' } = route.value.query;
  const all = ownedAddresses(document);
  if (all.length === 0) return null;
  const shown = all.filter(
    containsWords(owner, (one: OwnedAddress) => `${one.address} ${one.service} ${one.node}`),
  );
  return (
    <div class="owners">
      <div class="row">
        <h3>Owner of each address</h3>
        <span class="space" />
        <FilterField
          name="owner"
          value={owner}
          label="Filter owners by address, Service or node"
          placeholder="Filter"
        />
        <output>
          {count(shown.length)} of {count(all.length)}
        </output>
      </div>
      <LongList
        items={shown}
        keyOf={keyOf}
        label="Owner of each address"
        head={HEAD}
        row={Row}
        selected={shown.map(keyOf).find((key) => key.endsWith(` ${service}`)) ?? ''}
        onSelect={(key) => setQuery({ service: key.slice(key.indexOf(' ') + 1), box: '' }, 'push')}
      />
    </div>
  );
}

const HEAD = (
  <>
    <span role="columnheader">Address</span>
    <span role="columnheader">Service</span>
    <span role="columnheader">Answered by</span>
  </>
);

function Row({ address, service, node }: OwnedAddress): JSX.Element {
  return (
    <>
      <span role="gridcell" class="mono">
        {address}
      </span>
      <span role="gridcell" title={service}>
        {service}
      </span>
      <span role="gridcell" title={node}>
        <bdi>{node}</bdi>
      </span>
    </>
  );
}

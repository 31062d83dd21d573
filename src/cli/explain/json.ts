/** The explanations of a Service and of an address as JSON. */
import { formatAddress } from '../../net/address.ts';
import type { AddressReport } from './address-report.ts';
import type { Announcer } from './announcer.ts';
import { remediesOf } from './remedies.ts';
import type { ServiceReport } from './service-report.ts';

export const serviceJson = ({
  explanation,
  current,
  deciding,
  isJudged,
  announced,
  stored,
  unreadKeys,
}: ServiceReport) => ({
  service: explanation.key,
  addresses: current.addresses,
  pool: current.pool,
  notOurs: explanation.unmanagedReason,
  claim:
    explanation.claim === null
      ? null
      : { reason: explanation.claim.reason, message: explanation.claim.message },
  because: deciding.because,
  change: deciding.change,
  condition: explanation.condition,
  announcedCondition: announced,
  stored,
  asksFor:
    explanation.request === null
      ? null
      : {
          families: explanation.request.families.map((family) => `IPv${family}`),
          addresses: explanation.request.addresses?.map(formatAddress) ?? null,
          pool: explanation.request.pool,
          sharingKey: explanation.request.sharing.key || null,
        },
  unfit: explanation.requestProblem,
  unread: unreadKeys.map(({ field, key, meant }) => ({ field, key, meant })),
  pools: explanation.pools,
  holders: explanation.holders.map(({ address, holders }) => ({ address: formatAddress(address), holders })),
  remedies: current.addresses.length > 0 || !isJudged ? [] : remediesOf(explanation),
});

export const addressJson = ({ address, pools, holders, grantable, because }: AddressReport) => ({
  address: formatAddress(address),
  pools,
  holders,
  grantable,
  because,
});

export const announcersJson = (announcers: readonly Announcer[]) =>
  announcers.map(({ by, announced, conclusion, change }) => ({ by, announced, conclusion, change }));

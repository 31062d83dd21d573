/** A Service as the table shows it: what it asks for, what it has, or why it has nothing. */

import { ALLOCATED_FROM } from '../cluster/annotations.ts';
import { fieldsOf, metadataOf, type Raw } from '../cluster/fields.ts';
import type { Service } from '../cluster/service.ts';
import { translateService } from '../kube/translate.ts';
import { formatAddress } from '../net/address.ts';
import { ASSIGNED } from '../plan/reasons.ts';
import { readWish, type Wish } from '../plan/wish.ts';

/** `waiting`: the Service is meant to have no address, and counts as well without one. */
export const EXPECT = 'playground.berth.dev/expect';

export type Standing =
  /** It has an address. */
  | 'served'
  /** It has none, and the controller said why. */
  | 'waiting'
  /** The controller has not looked at it yet. */
  | 'new'
  /** Its loadBalancerClass is for somebody who is not here. */
  | 'others';

export type Row = {
  /** `namespace/name`. */
  readonly key: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly wish: string;
  readonly addresses: readonly string[];
  readonly pool: string | null;
  readonly standing: Standing;
  /** Why it has no address, or what else is to be said of it; null where there is nothing to add. */
  readonly note: string | null;
  /** Whether it should have an address. */
  readonly expected: boolean;
};

/** Longer texts than this are somebody's mistake, and shown by their beginning; characters. */
const WISH_CHARS_MAX = 60;

/** Null where the object has no name. */
export function readRow(raw: Raw): Row | null {
  const service = translateService(raw);
  if (service === null) return null;
  const { key, uid, resourceVersion, loadBalancerClass } = service;
  const addresses = service.ingress.map(({ ip, hostname }) => ip ?? hostname ?? '?');
  const condition = service.conditions.find(({ type }) => type === ASSIGNED);
  const standing: Standing =
    addresses.length > 0
      ? 'served'
      : loadBalancerClass !== null
        ? 'others'
        : condition === undefined
          ? 'new'
          : 'waiting';
  const annotations = fieldsOf(metadataOf(raw)['annotations']);
  return {
    key,
    uid,
    resourceVersion,
    wish: wishOf(service),
    addresses,
    pool: service.annotations[ALLOCATED_FROM] ?? null,
    standing,
    note: noteOf(standing, condition, loadBalancerClass),
    expected: loadBalancerClass === null && annotations[EXPECT] !== 'waiting',
  };
}

function noteOf(
  standing: Standing,
  condition: { readonly reason: string; readonly message: string } | undefined,
  loadBalancerClass: string | null,
): string | null {
  if (standing === 'others') return `Its class "${loadBalancerClass}" is for another controller.`;
  if (condition === undefined || condition.reason === 'Assigned') return null;
  return `${condition.reason}: ${condition.message}`;
}

function wishOf(service: Service): string {
  const wish = readWish(service);
  if (wish === null) return 'no cluster IP yet';
  const parts = [addressWish(service, wish)];
  if (wish.pool !== null) parts.push(`pool ${wish.pool}`);
  if (wish.sharing.key !== '') parts.push(`shared as ${wish.sharing.key}`);
  const text = parts.join(', ');
  return text.length <= WISH_CHARS_MAX ? text : `${text.slice(0, WISH_CHARS_MAX - 1)}…`;
}

function addressWish({ annotations, loadBalancerIP }: Service, wish: Wish): string {
  if (wish.addresses !== null) return wish.addresses.map(formatAddress).join(' and ');
  if (wish.complaint !== null) return annotations['metallb.io/loadBalancerIPs'] ?? loadBalancerIP;
  const families = wish.families.map((family) => `IPv${family}`).join(' and ');
  if (wish.families.length > 1) return families;
  return wish.policy === 'prefer' ? `${families}, both if possible` : families;
}

/**
 * What routers learn of each Service that has an address, by the same model that the controller's conditions come from.
 * The condition waits before it tells of a loss, lest a restart be news; who sits before a playground wants to see it now.
 */

import { compareText } from '../base/text.ts';
import { diagnose } from '../calico/findings/diagnose.ts';
import type { HeldAddress } from '../calico/findings/held.ts';
import type { World } from '../calico/findings/world.ts';
import { familyOf } from '../calico/picture.ts';
import { type AnnouncedVerdict, announcedVerdicts } from '../calico/verdicts.ts';
import type { Raw } from '../cluster/fields.ts';
import { routerIdOf } from '../kube/noderouterid.ts';

export type Learned = {
  /** For each address a line for each router, `10.10.0.1 via w1 w2`, or the reason why there is none. */
  readonly byAddress: ReadonlyMap<string, readonly string[]>;
  /** Whether that is as it should be. */
  readonly isWell: boolean;
  /** What else is to be said; null where nothing is. */
  readonly note: string | null;
};

/** By key. */
export type LearnedBook = ReadonlyMap<string, Learned>;

/** Named in a line at most. */
const NODES_SHOWN_MAX = 4;

/** `read`: the kinds of which everything is in `objects`. */
export function learnedOf(objects: readonly Raw[], read: ReadonlySet<string>): LearnedBook {
  const { world, findings } = diagnose(objects, { hashed: routerIdOf, read });
  const heldBy = new Map<string, HeldAddress[]>();
  for (const held of world.held) {
    for (const { key } of held.services) {
      const there = heldBy.get(key);
      if (there === undefined) heldBy.set(key, [held]);
      else there.push(held);
    }
  }
  return new Map(
    [...announcedVerdicts(world, findings)].map(([key, verdict]) => [
      key,
      learnedFrom(world, heldBy.get(key) ?? [], verdict),
    ]),
  );
}

function learnedFrom(
  world: World,
  held: readonly HeldAddress[],
  { status, reason, message }: AnnouncedVerdict,
): Learned {
  const isWell = status === 'True';
  const routes = new Map(held.map((one) => [one.text, routesTo(world, one)]));
  // Where every address has a route and all is not well, the routes themselves are what is wrong.
  const isAllWrong = !isWell && [...routes.values()].every(({ length }) => length > 0);
  const byAddress = new Map(
    [...routes].map(([address, lines]) => [address, isAllWrong || lines.length === 0 ? [reason] : lines]),
  );
  const isShort = world.shortfalls.some(({ address }) => routes.has(address));
  return { byAddress, isWell, note: isWell && !isShort ? null : message };
}

function routesTo({ picture }: World, { address }: HeldAddress): readonly string[] {
  return picture.routers
    .filter((router) => familyOf(router) === address.family)
    .flatMap((router) => {
      const from = picture.routeTo(router, address)?.from ?? [];
      return from.length === 0 ? [] : [`${router.name} via ${shortened([...from].sort(compareText))}`];
    });
}

export const shortened = (names: readonly string[]): string =>
  names.length <= NODES_SHOWN_MAX
    ? names.join(' ')
    : `${names.slice(0, NODES_SHOWN_MAX).join(' ')} +${names.length - NODES_SHOWN_MAX}`;

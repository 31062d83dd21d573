/**
 * Properties of sessions, by axis, and the combinations that are tested: with BERTH_FULL=1 all of them,
 * otherwise eight, which contain every pair of values of two axes.
 */
import type { Family } from '../../../../../src/net/address.ts';
import { DAEMONS, type Daemon } from './daemons.ts';
import type { Initiator } from './session-spec.ts';

export type Combination = {
  readonly daemon: Daemon;
  readonly family: Family;
  readonly protection: 'open' | 'MD5';
  readonly kind: 'eBGP' | 'iBGP';
  readonly dials: Initiator;
};

export const AXES = {
  daemon: DAEMONS,
  family: [4, 6],
  protection: ['open', 'MD5'],
  kind: ['eBGP', 'iBGP'],
  dials: ['we', 'they'],
} as const satisfies { readonly [axis in keyof Combination]: readonly Combination[axis][] };

/** An orthogonal array: the second row of each daemon is the opposite of the first. */
export const PAIRWISE: readonly Combination[] = [
  { daemon: 'BIRD 2', family: 4, protection: 'open', kind: 'eBGP', dials: 'we' },
  { daemon: 'BIRD 2', family: 6, protection: 'MD5', kind: 'iBGP', dials: 'they' },
  { daemon: 'BIRD 1.6.8', family: 4, protection: 'open', kind: 'iBGP', dials: 'they' },
  { daemon: 'BIRD 1.6.8', family: 6, protection: 'MD5', kind: 'eBGP', dials: 'we' },
  { daemon: 'FRR', family: 4, protection: 'MD5', kind: 'eBGP', dials: 'they' },
  { daemon: 'FRR', family: 6, protection: 'open', kind: 'iBGP', dials: 'we' },
  { daemon: 'GoBGP', family: 4, protection: 'MD5', kind: 'iBGP', dials: 'we' },
  { daemon: 'GoBGP', family: 6, protection: 'open', kind: 'eBGP', dials: 'they' },
];

export const ALL: readonly Combination[] = AXES.daemon.flatMap((daemon) =>
  AXES.family.flatMap((family) =>
    AXES.protection.flatMap((protection) =>
      AXES.kind.flatMap((kind) => AXES.dials.map((dials) => ({ daemon, family, protection, kind, dials }))),
    ),
  ),
);

export const titleOf = ({ daemon, family, protection, kind, dials }: Combination): string =>
  `${daemon}, IPv${family}, ${protection}, ${kind}, ${dials} dial`;

/**
 * Whom a node hands an address over to that it leaves: a node that takes it by an edit. One that is cut off hands nothing over. And
 * nobody is waited for whom a record names that is new: an owner answers first, and writes its record behind.
 */
import { lazy } from '../../base/lazy.ts';
import type { SpeakerPresence } from '../membership/speaker-presence.ts';
import type { SuccessorOf } from './handover.ts';
import { type Layer2State, ownersByAddress } from './layer2-state.ts';

export type SuccessorQuestion = {
  /** Who leaves an address. */
  readonly node: string;
  /** Of the election before; null in a new process. */
  readonly before: Pick<Layer2State, 'elections'> | null;
  readonly state: Pick<Layer2State, 'elections'>;
  readonly alive: SpeakerPresence['alive'];
};

/** Computed when the first address leaves: that is seldom. */
export function successorsOf({ node, before, state, alive }: SuccessorQuestion): SuccessorOf {
  const owners = lazy(() => ownersByAddress(state));
  const ownersBefore = lazy(() => ownersByAddress(before ?? { elections: [] }));
  return (address) => {
    const owner = owners().get(address);
    if (owner === undefined || !alive.among([node, owner.node], owner.recorded).has(node)) return null;
    const isAnswering = owner.recorded === owner.node && ownersBefore().get(address)?.recorded === node;
    return isAnswering ? null : owner.node;
  };
}

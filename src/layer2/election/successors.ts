/**
 * Whom a node hands an address over to that it leaves: a node that takes it by an edit. One that is cut off hands nothing over. And
 * nobody is waited for whom a record names that is new: an owner answers first, and writes its record behind.
 */
import { lazy } from '../../base/lazy.ts';
import type { SpeakerPresence } from '../membership/speaker-presence.ts';
import type { SuccessorOf } from './handover.ts';
import { answeringNode, electionsByAddress, type Layer2State } from './layer2-state.ts';

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
  const elections = lazy(() => electionsByAddress(state));
  const electionsBefore = lazy(() => electionsByAddress(before ?? { elections: [] }));
  return (address) => {
    const election = elections().get(address);
    const owner = election === undefined ? null : answeringNode(election, address);
    if (election === undefined || owner === null) return null;
    const { recorded } = election;
    if (!alive.among([node, owner], recorded).has(node)) return null;
    const previous = electionsBefore().get(address);
    const isAnswering =
      recorded === owner && previous?.recorded === node && answeringNode(previous, address) !== null;
    return isAnswering ? null : owner;
  };
}

/** The election that this controller takes part in: one Lease, beside the pools. */
import { Elector, type ElectorOptions } from '../../kube/election/elector.ts';
import type { InformerContext } from '../../runtime/main/informer.ts';
import type { ControllerSettings } from './settings.ts';

export const LEASE_NAME = 'berth-controller';

/** Null for a single replica that asks nobody. */
export function createElector(
  { client, clock, random }: InformerContext,
  { namespace, identity, election }: ControllerSettings,
  {
    writtenUpTo: lastWrittenVersion,
    on,
  }: Pick<ElectorOptions, 'on'> & { readonly writtenUpTo: () => string },
): Elector | null {
  if (election === null) return null;
  return new Elector({
    client,
    clock,
    random,
    namespace,
    name: LEASE_NAME,
    identity,
    timing: election,
    lastWrittenVersion,
    on,
  });
}

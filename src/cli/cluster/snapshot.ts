/** A cluster state as the allocator's dry run takes it, and the controller's options from flags. */
import type { AllocatorOptions } from '../../allocation/allocator.ts';
import type { AllocationSnapshot } from '../../allocation/dry-run/plan.ts';
import type { CalicoMode } from '../../controller/main/announced/calico/detector.ts';
import type { ClusterState } from './cluster-state.ts';

export const snapshotOf = (
  state: ClusterState,
  { calico }: { readonly calico: string },
): AllocationSnapshot => ({
  services: [...state.services.values()],
  pools: [...state.pools.values()],
  namespaces: state.namespaces,
  layer2OnlyPools: state.layer2OnlyPools(),
  externalClaims: state.claimObjects.claims(calicoModeOf(calico)),
});

const calicoModeOf = (text: string): CalicoMode => (text === 'off' || text === 'required' ? text : 'auto');

/** For commands that delete no pool. */
const NO_GRACE = 0;

export const allocatorOptions = (flags: {
  readonly 'pool-namespace': string;
  readonly 'lb-class': string;
  readonly 'foreign-addresses': string;
  readonly 'unmet-requests': string;
  readonly 'pool-delete-grace'?: number;
}): AllocatorOptions => ({
  poolNamespace: flags['pool-namespace'],
  lbClass: flags['lb-class'] || null,
  foreignAddresses: flags['foreign-addresses'] === 'replace' ? 'replace' : 'keep',
  unmetRequests: flags['unmet-requests'] === 'release' ? 'release' : 'keep',
  ipMode: null,
  poolGrace: flags['pool-delete-grace'] ?? NO_GRACE,
});

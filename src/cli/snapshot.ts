/** A scene as `plan/` wants to see it, and the controller's options from flags. */
import type { DeskOptions } from '../plan/desk.ts';
import type { Snapshot } from '../plan/whole.ts';
import type { Scene } from './cluster/scene.ts';

export const snapshotOf = (scene: Scene): Snapshot => ({
  services: [...scene.services.values()],
  pools: [...scene.pools.values()],
  namespaces: scene.namespaces,
  layer2Only: scene.layer2Only(),
});

/** For those who delete no pool. */
const NO_GRACE = 0;

export const deskOptions = (flags: {
  readonly 'lb-class': string;
  readonly 'foreign-addresses': string;
  readonly 'pool-delete-grace'?: number;
}): DeskOptions => ({
  lbClass: flags['lb-class'] || null,
  foreignAddresses: flags['foreign-addresses'] === 'replace' ? 'replace' : 'keep',
  ipMode: null,
  poolGrace: flags['pool-delete-grace'] ?? NO_GRACE,
});

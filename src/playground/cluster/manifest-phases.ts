/**
 * This file splits manifests into two phases. Pools and Services are applied while the controller runs, all other objects
 * before it starts. Calico's objects are among the latter, so that the first reconciliation detects Calico.
 */
import { textOf } from '../../base/json.ts';
import type { CalicoMode } from '../../controller/main/announced/calico/detector.ts';
import type { Manifest } from '../../manifests/parse-manifests.ts';
import { isCalicoGroup, parseApiVersion } from '../../objects/api-group.ts';

export type ManifestPhases = {
  readonly prerequisites: readonly Manifest[];
  /** Objects that the controller reconciles: pools and Services. */
  readonly managed: readonly Manifest[];
  /**
   * `required` where the manifests have objects of Calico, even without its DaemonSet; else Calico is detected as
   * usual.
   */
  readonly calico: Exclude<CalicoMode, 'off'>;
};

const apiGroupOf = ({ object }: Manifest): string => parseApiVersion(textOf(object['apiVersion'])).group;

const isManagedManifest = (manifest: Manifest): boolean =>
  apiGroupOf(manifest) === 'metallb.io' ||
  (apiGroupOf(manifest) === '' && manifest.object['kind'] === 'Service');

const isCalicoManifest = (manifest: Manifest): boolean => isCalicoGroup(apiGroupOf(manifest));

export const splitManifests = (manifests: readonly Manifest[]): ManifestPhases => ({
  prerequisites: manifests.filter((one) => !isManagedManifest(one)),
  managed: manifests.filter(isManagedManifest),
  calico: manifests.some(isCalicoManifest) ? 'required' : 'auto',
});

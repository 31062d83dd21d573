/**
 * What of the manifests has to be there before the controller looks round: all but what it answers for. Calico's objects are
 * among that, so that whether Calico announces here is known from the first look on.
 */
import { textOf } from '../../base/json.ts';
import type { CalicoMode } from '../../controller/main/announced/calico/detector.ts';
import { CALICO_GROUPS } from '../../kube/resource.ts';
import type { Manifest } from '../../manifests/parse-manifests.ts';

export type ManifestPhases = {
  readonly prerequisites: readonly Manifest[];
  /** Pools and Services. */
  readonly managed: readonly Manifest[];
  /**
   * Where somebody gives objects of Calico they are what he wants to hear of, whether or not its DaemonSet is among them.
   * Else it is looked for as anywhere.
   */
  readonly calico: Exclude<CalicoMode, 'off'>;
};

const apiGroupOf = ({ object }: Manifest): string => {
  const [group = '', version] = textOf(object['apiVersion']).split('/');
  return version === undefined ? '' : group;
};

const isManagedManifest = (manifest: Manifest): boolean =>
  apiGroupOf(manifest) === 'metallb.io' ||
  (apiGroupOf(manifest) === '' && manifest.object['kind'] === 'Service');

const isCalicoManifest = (manifest: Manifest): boolean =>
  CALICO_GROUPS.some(({ group }) => group === apiGroupOf(manifest));

export const splitManifests = (manifests: readonly Manifest[]): ManifestPhases => ({
  prerequisites: manifests.filter((one) => !isManagedManifest(one)),
  managed: manifests.filter(isManagedManifest),
  calico: manifests.some(isCalicoManifest) ? 'required' : 'auto',
});

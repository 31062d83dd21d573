/**
 * What of the manifests has to be there before the controller looks round: all but what it answers for. Calico's objects are
 * among that, so that whether Calico announces here is known from the first look on.
 */
import { textOf } from '../cluster/fields.ts';
import { CALICO_GROUPS } from '../controller/main/calicokinds.ts';
import type { CalicoMode } from '../controller/main/calicosight.ts';
import type { Manifest } from './manifests.ts';

export type Scene = {
  readonly ground: readonly Manifest[];
  /** Pools and Services. */
  readonly asked: readonly Manifest[];
  /**
   * Where somebody gives objects of Calico they are what he wants to hear of, whether or not its DaemonSet is among them.
   * Else it is looked for as anywhere.
   */
  readonly calico: Exclude<CalicoMode, 'off'>;
};

const groupOf = ({ object }: Manifest): string => {
  const [group = '', version] = textOf(object['apiVersion']).split('/');
  return version === undefined ? '' : group;
};

const isAsked = (manifest: Manifest): boolean =>
  groupOf(manifest) === 'metallb.io' || (groupOf(manifest) === '' && manifest.object['kind'] === 'Service');

const isCalicos = (manifest: Manifest): boolean =>
  CALICO_GROUPS.some(({ group }) => group === groupOf(manifest));

export const sceneOf = (manifests: readonly Manifest[]): Scene => ({
  ground: manifests.filter((one) => !isAsked(one)),
  asked: manifests.filter(isAsked),
  calico: manifests.some(isCalicos) ? 'required' : 'auto',
});

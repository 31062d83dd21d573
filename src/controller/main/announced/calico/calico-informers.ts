/** Informers of Calico's own kinds, of whichever of its API groups is served. */
import { calicoResource } from '../../../../kube/resource.ts';
import type { CalicoGroup } from '../../../../objects/api-group.ts';
import { nameOf, versionOf } from '../../../../objects/metadata.ts';
import { Informer, type InformerContext } from '../../../../runtime/main/informer.ts';
import type { WatchedObject } from '../../../../runtime/main/watched-object.ts';
import { trimCalicoObject } from '../../../announced/calico/model-objects.ts';

export const CALICO_KINDS = [
  ['bgpconfigurations', 'BGPConfiguration'],
  ['bgppeers', 'BGPPeer'],
  ['bgpfilters', 'BGPFilter'],
  ['ippools', 'IPPool'],
  ['blockaffinities', 'BlockAffinity'],
  ['ipreservations', 'IPReservation'],
  ['kubecontrollersconfigurations', 'KubeControllersConfiguration'],
  ['clusterinformations', 'ClusterInformation'],
  ['caliconodestatuses', 'CalicoNodeStatus'],
] as const;

export type CalicoInformers = ReadonlyMap<string, Informer<WatchedObject>>;

/** By kind. */
export const createCalicoInformers = (context: InformerContext, group: CalicoGroup): CalicoInformers =>
  new Map(
    CALICO_KINDS.map(([plural, kind]): readonly [string, Informer<WatchedObject>] => [
      kind,
      new Informer<WatchedObject>(context, {
        resource: calicoResource(group, plural, kind),
        keyOf: ({ name }) => name,
        decode: (raw) => {
          const name = nameOf(raw);
          return name === '' ? null : { ...versionOf(raw), name, raw: trimCalicoObject(kind, raw) };
        },
      }),
    ]),
  );

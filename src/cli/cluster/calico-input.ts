/** Everything that decides what is announced, as some source of a cluster has it, with addresses put in its place. */

import { type Raw, textOf } from '../../base/json.ts';
import { type Diagnosis, diagnose } from '../../calico/findings/diagnose.ts';
import { hashedRouterId } from '../../kube/node-router-id.ts';
import { type Address, formatAddress } from '../../net/address.ts';
import { metadataOf } from '../../objects/metadata.ts';

export type CalicoInput = {
  readonly objects: readonly Raw[];
  /** Kinds that were read, whatever came of it; for files, only what they show is known. */
  readonly read?: ReadonlySet<string>;
  readonly forbidden?: ReadonlySet<string>;
};

const CALICO = /^(crd\.)?projectcalico\.org\//;

/** Whether there is anything of Calico's BGP to speak of. */
export const hasCalicoBgp = (objects: readonly Raw[]): boolean =>
  objects.some(
    (raw) => CALICO.test(textOf(raw['apiVersion'])) && /^BGP(Configuration|Peer)$/.test(textOf(raw['kind'])),
  );

/** Whether there is nothing of Calico's at all: no object of its API, and no DaemonSet that would read one. */
export const isWithoutCalico = (objects: readonly Raw[]): boolean =>
  !objects.some(
    (raw) =>
      CALICO.test(textOf(raw['apiVersion'])) ||
      (raw['kind'] === 'DaemonSet' && metadataOf(raw)['name'] === 'calico-node'),
  );

export const diagnoseCalico = ({ objects, ...known }: CalicoInput): Diagnosis =>
  diagnose(objects, { ...known, hashRouterId: hashedRouterId });

/** The same with these addresses on Services; those that are not named keep what they show. */
export function withServiceAddresses(
  objects: readonly Raw[],
  addresses: ReadonlyMap<string, readonly Address[]>,
): readonly Raw[] {
  return objects.map((raw) => {
    if (raw['kind'] !== 'Service') return raw;
    const { namespace, name } = metadataOf(raw);
    const assigned = addresses.get(`${textOf(namespace)}/${textOf(name)}`);
    if (assigned === undefined) return raw;
    return {
      ...raw,
      status: { loadBalancer: { ingress: assigned.map((one) => ({ ip: formatAddress(one) })) } },
    };
  });
}

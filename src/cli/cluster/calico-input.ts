/** Input of Calico's model from any cluster source: objects, and which kinds of them are complete. */

import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { type Diagnosis, diagnose } from '../../calico/findings/diagnose.ts';
import { hashedRouterId } from '../../kube/node-router-id.ts';
import { type Address, formatAddress } from '../../net/address.ts';
import { metadataOf } from '../../objects/metadata.ts';
import { isOfKind } from '../../objects/object-id.ts';

export type CalicoInput = {
  readonly objects: readonly Raw[];
  /** Kinds that were read completely. Absent for files: of a kind that they do not show nothing is known. */
  readonly read?: ReadonlySet<string>;
  /** Kinds that could not be read. */
  readonly forbidden?: ReadonlySet<string>;
};

const CALICO = /^(crd\.)?projectcalico\.org\//;

/** Whether it is an object of Calico's API. */
export const isCalicoObject = (raw: Raw): boolean => CALICO.test(textOf(raw['apiVersion']));

/** Whether Calico's BGP is configured: there is a BGPConfiguration or a BGPPeer. */
export const hasCalicoBgp = (objects: readonly Raw[]): boolean =>
  objects.some((raw) => isCalicoObject(raw) && /^BGP(Configuration|Peer)$/.test(textOf(raw['kind'])));

/** Whether Calico is not installed: there is no object of its API and no DaemonSet calico-node. */
export const isWithoutCalico = (objects: readonly Raw[]): boolean =>
  !objects.some(
    (raw) =>
      isCalicoObject(raw) ||
      (isOfKind(raw, 'DaemonSet', 'apps') && metadataOf(raw)['name'] === 'calico-node'),
  );

export const diagnoseCalico = ({ objects, ...known }: CalicoInput): Diagnosis =>
  diagnose(objects, { ...known, hashRouterId: hashedRouterId });

/** Whether the status has these addresses, in their order, and nothing else: the object stays as it is, and is decoded once. */
function showsAddresses(raw: Raw, addresses: readonly Address[]): boolean {
  const ingress = listOf(fieldsOf(fieldsOf(raw['status'])['loadBalancer'])['ingress']);
  const texts = ingress.map((one) => textOf(fieldsOf(one)['ip']));
  return texts.length === addresses.length && addresses.every((one, i) => formatAddress(one) === texts[i]);
}

/** `objects` with other addresses in the status of Services, by `namespace/name`; other Services keep their status. */
export function withServiceAddresses(
  objects: readonly Raw[],
  addresses: ReadonlyMap<string, readonly Address[]>,
): readonly Raw[] {
  return objects.map((raw) => {
    if (!isOfKind(raw, 'Service', '')) return raw;
    const { namespace, name } = metadataOf(raw);
    const assigned = addresses.get(`${textOf(namespace)}/${textOf(name)}`);
    if (assigned === undefined || showsAddresses(raw, assigned)) return raw;
    return {
      ...raw,
      status: { loadBalancer: { ingress: assigned.map((one) => ({ ip: formatAddress(one) })) } },
    };
  });
}

/**
 * Objects that no API server of a cluster with Berth or Calico would store: their kind, group or version is almost one that is read.
 * They are in files, where a typing error or an old version is seen first.
 */

import { type Raw, textOf } from '../base/json.ts';
import { ownValue } from '../base/own-value.ts';
import { didYouMean, quoteList } from '../base/text.ts';
import { parseApiVersion } from './api-group.ts';

/** The kinds of each group that are read, with the versions that are served, the newest first. */
const SERVED: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  '': Object.fromEntries(
    ['Service', 'Node', 'Namespace', 'Pod', 'ConfigMap', 'Secret'].map((kind) => [kind, ['v1']]),
  ),
  'metallb.io': {
    ...Object.fromEntries(
      [
        ...['IPAddressPool', 'L2Advertisement', 'BGPAdvertisement', 'Community', 'BFDProfile'],
        ...['ServiceL2Status', 'ServiceBGPStatus', 'ConfigurationState'],
      ].map((kind) => [kind, ['v1beta1']]),
    ),
    BGPPeer: ['v1beta2', 'v1beta1'],
  },
  ...Object.fromEntries(
    [
      { group: 'projectcalico.org', version: 'v3' },
      { group: 'crd.projectcalico.org', version: 'v1' },
    ].map(({ group, version }) => [
      group,
      Object.fromEntries(
        [
          ...['BGPConfiguration', 'BGPPeer', 'BGPFilter', 'IPPool', 'IPReservation', 'BlockAffinity'],
          ...['ClusterInformation', 'KubeControllersConfiguration', 'FelixConfiguration'],
        ].map((kind) => [kind, [version]]),
      ),
    ]),
  ),
};

/** Groups of Kubernetes itself: what has one of them, and is not in it, is a mistake. */
const BUILT_IN_GROUP = /^$|^(apps|batch|autoscaling|policy|extensions)$|\.k8s\.io$/;

/** Whether it is a group of Kubernetes itself, of MetalLB or of Calico. */
export const isServedGroup = (group: string): boolean =>
  Object.hasOwn(SERVED, group) || BUILT_IN_GROUP.test(group);

/** Kinds that the group of Calico's tool, or of Kubernetes, has beside the one of the same name. */
const NAMESAKES: ReadonlySet<string> = new Set(['projectcalico.org Node', 'metrics.k8s.io Node']);

/** Sentences without a full stop, each once: versions that do not exist, and kinds in a group that has no such kind. */
export function unservedKinds(objects: readonly Raw[]): readonly string[] {
  return [
    ...new Set(objects.flatMap((raw) => unservedKind(textOf(raw['kind']), textOf(raw['apiVersion'])) ?? [])),
  ];
}

function unservedKind(kind: string, apiVersion: string): string | null {
  const { group, version } = parseApiVersion(apiVersion);
  const versions = ownValue(ownValue(SERVED, group) ?? {}, kind);
  if (versions !== undefined) {
    const [newest = ''] = versions;
    if (versions.includes(version)) return null;
    const name = group === '' ? newest : `${group}/${newest}`;
    return `kind ${kind} of ${apiVersion} does not exist, and is read as ${name}: the API server refuses it, so write ${name}`;
  }
  if (!isServedGroup(group) || NAMESAKES.has(`${group} ${kind}`)) return null;
  const homes = Object.keys(SERVED).filter((other) => Object.hasOwn(SERVED[other] ?? {}, kind));
  const [home] = homes;
  if (home === undefined) return null;
  const where = group === '' ? `of ${apiVersion}` : `of the group ${group}`;
  const names = homes.map((one) => `${one === '' ? '' : `${one}/`}${SERVED[one]?.[kind]?.[0] ?? ''}`);
  const hint =
    homes.length === 1
      ? `did you mean ${names[0]}?`
      : (didYouMean(group, homes) ?? `it is one of ${quoteList(names)}`);
  return `kind ${kind} ${where} is unknown and ignored: ${hint}`;
}

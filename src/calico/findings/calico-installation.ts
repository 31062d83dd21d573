/** Detects how Calico is installed, from its workloads and the operator's objects. */
import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { nameOf, namespaceOf, specOf } from '../../objects/metadata.ts';
import { CLUSTER_IPS_VARIABLE } from '../confd/range-lists.ts';
import { type CalicoVersion, parseVersion } from '../objects/version.ts';

/** Looks up the raw objects of a kind. */
export type ObjectsByKind = (kind: string) => readonly Raw[];

export type BgpBackend = {
  /** Whether BGP runs; null for unknown. */
  readonly isRunning: boolean | null;
  /** The object that shows that it does not. */
  readonly object: Raw | null;
  readonly field: string;
  readonly because: string;
};

const DEFAULT_NAMESPACE = 'kube-system';
const OPERATOR_NAMESPACE = 'calico-system';

const findCalicoNode = (objectsOf: ObjectsByKind): Raw | undefined =>
  objectsOf('DaemonSet').find((raw) => nameOf(raw) === 'calico-node' || nameOf(raw) === 'canal');

/** The container of calico-node; empty where it is not known. */
function calicoNodeContainer(objectsOf: ObjectsByKind): Raw {
  const daemonSet = findCalicoNode(objectsOf);
  if (daemonSet === undefined) return {};
  const pod = fieldsOf(fieldsOf(specOf(daemonSet)['template'])['spec']);
  return fieldsOf(listOf(pod['containers']).find((one) => textOf(fieldsOf(one)['name']) === 'calico-node'));
}

const environmentVariable = (objectsOf: ObjectsByKind, name: string): Raw =>
  fieldsOf(
    listOf(calicoNodeContainer(objectsOf)['env']).find((one) => textOf(fieldsOf(one)['name']) === name),
  );

/** The namespace of calico-node: from its environment, else of its DaemonSet, else where an operator would put it. */
export function calicoNamespace(objectsOf: ObjectsByKind): string {
  const configured = textOf(environmentVariable(objectsOf, 'NAMESPACE')['value']);
  if (configured !== '') return configured;
  const daemonSet = findCalicoNode(objectsOf);
  if (daemonSet !== undefined) return namespaceOf(daemonSet) || DEFAULT_NAMESPACE;
  const hasOperator =
    objectsOf('Installation').length > 0 ||
    objectsOf('Namespace').some((raw) => nameOf(raw) === OPERATOR_NAMESPACE);
  return hasOperator ? OPERATOR_NAMESPACE : DEFAULT_NAMESPACE;
}

/** `CALICO_ROUTER_ID`; '' where it is not set. */
export const configuredRouterId = (objectsOf: ObjectsByKind): string =>
  textOf(environmentVariable(objectsOf, 'CALICO_ROUTER_ID')['value']);

/** An environment variable that is set: its value, null where it comes from another object. */
export type SetVariable = { readonly value: string | null };

/** `CALICO_ADVERTISE_CLUSTER_IPS`; null where it is not set. */
export function configuredClusterIPs(objectsOf: ObjectsByKind): SetVariable | null {
  const variable = environmentVariable(objectsOf, CLUSTER_IPS_VARIABLE);
  if (variable['valueFrom'] !== undefined) return { value: null };
  const value = textOf(variable['value']);
  return value === '' ? null : { value };
}

/** The version of the image in the DaemonSet; ClusterInformation follows it. */
export function imageVersion(objectsOf: ObjectsByKind): CalicoVersion | null {
  const image = textOf(calicoNodeContainer(objectsOf)['image']);
  return parseVersion(image.slice(image.lastIndexOf(':') + 1));
}

const disabledBackend = (object: Raw | null, field: string, because: string): BgpBackend => ({
  isRunning: false,
  object,
  field,
  because,
});

/** Whether BGP runs, if that is known: a DaemonSet without a named backend runs BIRD, which is Calico's default. */
export const isBgpRunning = ({ isRunning, object }: BgpBackend): boolean | null =>
  isRunning ?? (object === null ? null : true);

/** The operator ignores an Installation of another name. */
const isReadByOperator = (raw: Raw): boolean => ['default', 'overlay'].includes(nameOf(raw));

/** `ClusterInformation.clusterType` does not count: manifests without BGP have `bgp` there, too. */
export function detectBackend(objectsOf: ObjectsByKind, hasAllDaemonSets: boolean): BgpBackend {
  for (const raw of objectsOf('Installation').filter(isReadByOperator)) {
    const bgp = textOf(fieldsOf(specOf(raw)['calicoNetwork'])['bgp']);
    if (bgp === 'Disabled')
      return disabledBackend(raw, 'spec.calicoNetwork.bgp', 'Installation sets bgp: Disabled');
  }
  const daemonSet = findCalicoNode(objectsOf);
  if (daemonSet === undefined) {
    // Every cluster has some DaemonSet; without any, they were left out of the input.
    const isAbsent = hasAllDaemonSets && objectsOf('DaemonSet').length > 0;
    return isAbsent ? disabledBackend(null, '', 'there is no DaemonSet calico-node') : UNKNOWN_BACKEND;
  }
  const variable = environmentVariable(objectsOf, 'CALICO_NETWORKING_BACKEND');
  const configMap = objectsOf('ConfigMap').find((raw) => nameOf(raw) === 'calico-config');
  const configMapBackend = textOf(fieldsOf(configMap?.['data'])['calico_backend']);
  const backend = textOf(variable['value']) || (variable['valueFrom'] === undefined ? '' : configMapBackend);
  if (backend === 'vxlan' || backend === 'none') {
    const field = textOf(variable['value']) === '' ? 'data.calico_backend' : 'spec.template.spec.containers';
    return disabledBackend(
      textOf(variable['value']) === '' ? (configMap ?? daemonSet) : daemonSet,
      field,
      `its backend is ${backend}`,
    );
  }
  return { isRunning: backend === '' ? null : true, object: daemonSet, field: '', because: '' };
}

const UNKNOWN_BACKEND: BgpBackend = { isRunning: null, object: null, field: '', because: '' };

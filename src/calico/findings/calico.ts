/** How Calico itself is installed, as far as workloads and the operator's objects show it. */
import { fieldsOf, listOf, nameOf, namespaceOf, type Raw, specOf, textOf } from '../../cluster/fields.ts';
import { type CalicoVersion, parseVersion } from '../version.ts';

type Objects = (kind: string) => readonly Raw[];

export type Backend = {
  /** Whether BGP runs; null where nothing shows it. */
  readonly runs: boolean | null;
  /** What shows that it does not. */
  readonly object: Raw | null;
  readonly field: string;
  readonly because: string;
};

const DEFAULT_NAMESPACE = 'kube-system';
const OPERATOR_NAMESPACE = 'calico-system';

const calicoNode = (of: Objects): Raw | undefined =>
  of('DaemonSet').find((raw) => nameOf(raw) === 'calico-node' || nameOf(raw) === 'canal');

/** Of the container that runs calico-node. */
function container(of: Objects): Raw {
  const daemonSet = calicoNode(of);
  if (daemonSet === undefined) return {};
  const pod = fieldsOf(fieldsOf(specOf(daemonSet)['template'])['spec']);
  return fieldsOf(listOf(pod['containers']).find((one) => textOf(fieldsOf(one)['name']) === 'calico-node'));
}

const variable = (of: Objects, name: string): Raw =>
  fieldsOf(listOf(container(of)['env']).find((one) => textOf(fieldsOf(one)['name']) === name));

/** Where its environment says, else where it runs, else where an operator would put it. */
export function calicoNamespace(of: Objects): string {
  const said = textOf(variable(of, 'NAMESPACE')['value']);
  if (said !== '') return said;
  const daemonSet = calicoNode(of);
  if (daemonSet !== undefined) return namespaceOf(daemonSet) || DEFAULT_NAMESPACE;
  const hasOperator =
    of('Installation').length > 0 || of('Namespace').some((raw) => nameOf(raw) === OPERATOR_NAMESPACE);
  return hasOperator ? OPERATOR_NAMESPACE : DEFAULT_NAMESPACE;
}

/** `CALICO_ROUTER_ID`; '' where it is not set. */
export const routerIdIn = (of: Objects): string => textOf(variable(of, 'CALICO_ROUTER_ID')['value']);

/** That of the image that is rolled out: ClusterInformation follows it. */
export function imageVersion(of: Objects): CalicoVersion | null {
  const image = textOf(container(of)['image']);
  return parseVersion(image.slice(image.lastIndexOf(':') + 1));
}

const off = (object: Raw | null, field: string, because: string): Backend => ({
  runs: false,
  object,
  field,
  because,
});

/** `ClusterInformation.clusterType` is not asked: manifests without BGP say `bgp` there, too. */
export function backendOf(of: Objects): Backend {
  for (const raw of of('Installation')) {
    const bgp = textOf(fieldsOf(specOf(raw)['calicoNetwork'])['bgp']);
    if (bgp === 'Disabled') return off(raw, 'spec.calicoNetwork.bgp', 'the operator is told bgp: Disabled');
  }
  const daemonSet = calicoNode(of);
  if (daemonSet === undefined) {
    // A cluster has some DaemonSet or other; input that shows some and not this one shows a cluster without Calico.
    const isShown = of('DaemonSet').length > 0;
    return isShown ? off(null, '', 'there is no DaemonSet calico-node') : NOT_SHOWN;
  }
  const said = variable(of, 'CALICO_NETWORKING_BACKEND');
  const map = of('ConfigMap').find((raw) => nameOf(raw) === 'calico-config');
  const fromMap = textOf(fieldsOf(map?.['data'])['calico_backend']);
  const backend = textOf(said['value']) || (said['valueFrom'] === undefined ? '' : fromMap);
  if (backend === 'vxlan' || backend === 'none') {
    const field = textOf(said['value']) === '' ? 'data.calico_backend' : 'spec.template.spec.containers';
    return off(
      textOf(said['value']) === '' ? (map ?? daemonSet) : daemonSet,
      field,
      `its backend is ${backend}`,
    );
  }
  return { runs: backend === '' ? null : true, object: daemonSet, field: '', because: '' };
}

const NOT_SHOWN: Backend = { runs: null, object: null, field: '', because: '' };

/** A ServiceL2Status, as speakers write it: the node that answers for a Service. */
import type { Raw } from '../../../src/base/json.ts';

export type L2Record = {
  readonly name: string;
  /** `namespace/name`. */
  readonly service: string;
  readonly node: string;
};

export function l2Record({ name, service, node }: L2Record): Raw {
  const [serviceNamespace = '', serviceName = ''] = service.split('/');
  return {
    apiVersion: 'metallb.io/v1beta1',
    kind: 'ServiceL2Status',
    metadata: {
      ...{ name, namespace: 'metallb-system', uid: name },
      labels: {
        'metallb.io/node': node,
        'metallb.io/service-name': serviceName,
        'metallb.io/service-namespace': serviceNamespace,
      },
    },
    status: { ...{ node, serviceName, serviceNamespace }, interfaces: [] },
  };
}

/**
 * What is wrong with objects as they are written, whoever announces: annotations of Services that nobody reads (A4), fields and values
 * that a Service does not have (A5), and objects of the kind AddressPool, which nothing reads any more (A6).
 */
import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { closestMatch, quoteList } from '../../base/text.ts';
import { fieldPath } from '../../config/issue.ts';
import type { ObjectRef } from '../../findings/finding.ts';
import { parseApiVersion } from '../../objects/api-group.ts';
import { metadataOf, nameOf, namespaceOf, specOf } from '../../objects/metadata.ts';
import { describeUnreadKey, type UnreadKey, unreadKeys } from '../../objects/misspelled-annotations.ts';
import type { ServiceFinding } from './codes.ts';
import { isOldPool, oldPoolText } from './old-pools.ts';

/** In the order of the objects. */
export const findObjectMistakes = (objects: readonly Raw[]): readonly ServiceFinding[] =>
  objects.flatMap((raw) => {
    const { group } = parseApiVersion(textOf(raw['apiVersion']));
    if (isOldPool(raw)) return [oldPoolFinding(raw)];
    return group === '' && raw['kind'] === 'Service'
      ? [...annotationFindings(raw), ...fieldFindings(raw), ...portFindings(raw), ...valueFindings(raw)]
      : [];
  });

const refOf = (raw: Raw): ObjectRef => ({
  apiVersion: textOf(raw['apiVersion']),
  kind: textOf(raw['kind']),
  namespace: namespaceOf(raw),
  name: nameOf(raw),
});

const nameOfService = (raw: Raw): string => `${namespaceOf(raw)}/${nameOf(raw)}`;

/** A warning without other objects. */
const warningOf = (
  code: ServiceFinding['code'],
  raw: Raw,
  rest: Pick<ServiceFinding, 'field' | 'problem' | 'remedy' | 'edits'>,
): ServiceFinding => ({
  ...{ code, severity: 'warning', object: refOf(raw), ...rest, concerns: [], addresses: [] },
});

function annotationFindings(raw: Raw): readonly ServiceFinding[] {
  const { annotations, labels } = metadataOf(raw);
  return unreadKeys({ annotations: fieldsOf(annotations), labels: fieldsOf(labels) }).map((unread) => {
    const { says, fix } = describeUnreadKey(unread);
    return warningOf('A4', raw, {
      field: fieldPath(unread.field, unread.key),
      problem: `Service ${nameOfService(raw)}: ${says}`,
      remedy: fix,
      edits: [
        { do: 'patch', object: refOf(raw), patch: { metadata: renamedKey(unread, fieldsOf(annotations)) } },
      ],
    });
  });
}

/** A merge patch that moves the value, unless the right key is there already. */
function renamedKey({ field, key, value, meant }: UnreadKey, annotations: Raw): Raw {
  const moved = meant === null || Object.hasOwn(annotations, meant) ? {} : { [meant]: value };
  return field === 'metadata.labels'
    ? { labels: { [key]: null }, annotations: moved }
    : { annotations: { [key]: null, ...moved } };
}

/** `spec` of a Service in Kubernetes 1.20 to 1.35. */
const SPEC_FIELDS = [
  ...['ports', 'selector', 'clusterIP', 'clusterIPs', 'type', 'externalIPs', 'sessionAffinity'],
  ...['loadBalancerIP', 'loadBalancerSourceRanges', 'externalName', 'externalTrafficPolicy'],
  ...['healthCheckNodePort', 'publishNotReadyAddresses', 'sessionAffinityConfig', 'ipFamilies'],
  ...['ipFamilyPolicy', 'allocateLoadBalancerNodePorts', 'loadBalancerClass', 'internalTrafficPolicy'],
  ...['trafficDistribution', 'topologyKeys', 'ipFamily'],
];

/** The API server refuses such a field, or drops it with a warning. */
function fieldFindings(raw: Raw): readonly ServiceFinding[] {
  const spec = specOf(raw);
  return Object.keys(spec).flatMap((field) => {
    if (SPEC_FIELDS.includes(field)) return [];
    const meant = closestMatch(field, SPEC_FIELDS);
    const renamed = meant === null || Object.hasOwn(spec, meant) ? {} : { [meant]: spec[field] };
    return [
      warningOf('A5', raw, {
        field: fieldPath('spec', field),
        problem: `Service ${nameOfService(raw)}: spec has no field ${field}. The API server refuses or drops it.`,
        remedy: meant === null ? 'Remove it, or correct its name.' : `Did you mean ${meant}?`,
        edits: [{ do: 'patch', object: refOf(raw), patch: { spec: { [field]: null, ...renamed } } }],
      }),
    ];
  });
}

const PORT_FIELDS = ['name', 'protocol', 'appProtocol', 'port', 'targetPort', 'nodePort'];

/** The same for `spec.ports`; the edit replaces the list, as a merge patch does. */
function portFindings(raw: Raw): readonly ServiceFinding[] {
  const ports = listOf(specOf(raw)['ports']);
  return ports.flatMap((port, index) =>
    Object.keys(fieldsOf(port)).flatMap((field) => {
      if (PORT_FIELDS.includes(field)) return [];
      const meant = closestMatch(field, PORT_FIELDS);
      const { [field]: value, ...rest } = fieldsOf(port);
      const renamed = meant === null || Object.hasOwn(rest, meant) ? rest : { ...rest, [meant]: value };
      const corrected = ports.map((other, at) => (at === index ? renamed : other));
      return [
        warningOf('A5', raw, {
          field: fieldPath(`spec.ports[${index}]`, field),
          problem: `Service ${nameOfService(raw)}: a port has no field ${field}. The API server refuses or drops it.`,
          remedy: meant === null ? 'Remove it, or correct its name.' : `Did you mean ${meant}?`,
          edits: [{ do: 'patch', object: refOf(raw), patch: { spec: { ports: corrected } } }],
        }),
      ];
    }),
  );
}

/** Fields of which the API server takes a few values only. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  type: ['LoadBalancer', 'ClusterIP', 'NodePort', 'ExternalName'],
  externalTrafficPolicy: ['Cluster', 'Local'],
  internalTrafficPolicy: ['Cluster', 'Local'],
  ipFamilyPolicy: ['SingleStack', 'PreferDualStack', 'RequireDualStack'],
  sessionAffinity: ['None', 'ClientIP'],
};

function valueFindings(raw: Raw): readonly ServiceFinding[] {
  const spec = specOf(raw);
  return Object.entries(VALUES).flatMap(([field, values]) => {
    const value = spec[field];
    if (value === undefined || value === null || values.some((one) => one === value)) return [];
    const meant = typeof value === 'string' ? closestMatch(value, values) : null;
    return [
      warningOf('A5', raw, {
        field: fieldPath('spec', field),
        problem: `Service ${nameOfService(raw)}: ${JSON.stringify(value)} is no ${field}, and the API server refuses it.`,
        remedy: meant === null ? `Write one of ${quoteList(values)}.` : `Did you mean ${meant}?`,
        edits:
          meant === null ? [] : [{ do: 'patch', object: refOf(raw), patch: { spec: { [field]: meant } } }],
      }),
    ];
  });
}

const oldPoolFinding = (raw: Raw): ServiceFinding =>
  warningOf('A6', raw, {
    ...{
      field: 'kind',
      problem: oldPoolText(nameOf(raw)),
      remedy: 'Make an IPAddressPool and an advertisement of it: berth convert -f FILE',
      edits: [],
    },
  });

/** Printer columns of the built-in kinds (pkg/printers/internalversion/printers.go). */

import type { Millis } from '../../base/clock.ts';
import { nameOf } from '../../objects/metadata.ts';
import { isObject, type Json, type JsonObject, listAt, metaOf, objectAt, textAt } from '../object/value.ts';
import { ageOf } from './age.ts';
import { ageColumn, nameColumn } from './custom-columns.ts';
import type { PrinterColumn } from './printer-column.ts';

type Cell = (object: JsonObject, now: Millis) => Json;

const column = (name: string, cell: Cell, priority = 0, type = 'string'): PrinterColumn => ({
  name,
  type,
  format: '',
  description: name,
  priority,
  cell,
});

const fieldAt = (...path: readonly string[]): Cell => {
  const last = path.at(-1) ?? '';
  return (object) => {
    let at: Json = object;
    for (const key of path.slice(0, -1)) at = objectAt(at, key);
    return textAt(at, last);
  };
};

const orNone = (text: string): string => (text === '' ? '<none>' : text);

const serviceColumns: readonly PrinterColumn[] = [
  nameColumn,
  column('Type', fieldAt('spec', 'type')),
  column('Cluster-IP', (object) => orNone(String(listAt(objectAt(object, 'spec'), 'clusterIPs')[0] ?? ''))),
  column('External-IP', externalIPText),
  column('Port(s)', (object) => orNone(portsText(object))),
  ageColumn,
  column('Selector', (object) => orNone(labelsText(objectAt(objectAt(object, 'spec'), 'selector'))), 1),
];

function externalIPText(object: JsonObject): string {
  const spec = objectAt(object, 'spec');
  const external = listAt(spec, 'externalIPs').map(String);
  switch (textAt(spec, 'type')) {
    case 'ExternalName':
      return textAt(spec, 'externalName');
    case 'LoadBalancer': {
      const ingress = listAt(objectAt(objectAt(object, 'status'), 'loadBalancer'), 'ingress');
      const ingressAddresses = ingress
        .map((entry) => textAt(entry, 'ip') || textAt(entry, 'hostname'))
        .filter((text) => text !== '');
      const all = [...new Set([...ingressAddresses, ...external])].join(',');
      return all === '' ? '<pending>' : all;
    }
    default:
      return orNone(external.join(','));
  }
}

const portsText = (object: JsonObject): string =>
  listAt(objectAt(object, 'spec'), 'ports')
    .filter(isObject)
    .map((port) => {
      const node = port['nodePort'];
      return `${port['port']}${node === undefined ? '' : `:${node}`}/${textAt(port, 'protocol')}`;
    })
    .join(',');

const labelsText = (labels: JsonObject): string =>
  Object.keys(labels)
    .sort()
    .map((key) => `${key}=${labels[key]}`)
    .join(',');

const eventColumns: readonly PrinterColumn[] = [
  column('Last Seen', (object, now) => lastSeen(object, now)),
  column('Type', fieldAt('type')),
  column('Reason', fieldAt('reason')),
  column('Object', (object) => {
    const about = objectAt(object, 'involvedObject');
    return `${textAt(about, 'kind').toLowerCase()}/${textAt(about, 'name')}`;
  }),
  column('Subobject', fieldAt('involvedObject', 'fieldPath'), 1),
  column(
    'Source',
    (object) => {
      const source = objectAt(object, 'source');
      const parts = [
        textAt(source, 'component') || textAt(object, 'reportingComponent'),
        textAt(source, 'host'),
      ];
      return parts.filter((part) => part !== '').join(', ');
    },
    1,
  ),
  column('Message', (object) => textAt(object, 'message').trim()),
  column(
    'First Seen',
    (object, now) => ageOf(textAt(object, 'firstTimestamp') || textAt(object, 'eventTime'), now),
    1,
  ),
  column('Count', (object) => (typeof object['count'] === 'number' ? object['count'] : 1), 1),
  column('Name', (object) => nameOf(object), 1),
];

function lastSeen(object: JsonObject, now: Millis): string {
  const series = textAt(objectAt(object, 'series'), 'lastObservedTime');
  return ageOf(
    series ||
      textAt(object, 'lastTimestamp') ||
      textAt(object, 'eventTime') ||
      metaOf(object)['creationTimestamp'],
    now,
  );
}

const nodeColumns: readonly PrinterColumn[] = [
  nameColumn,
  column('Status', (object) => {
    const ready = listAt(objectAt(object, 'status'), 'conditions').find(
      (item) => textAt(item, 'type') === 'Ready',
    );
    const state = ready === undefined ? 'Unknown' : textAt(ready, 'status') === 'True' ? 'Ready' : 'NotReady';
    return objectAt(object, 'spec')['unschedulable'] === true ? `${state},SchedulingDisabled` : state;
  }),
  column('Roles', (object) => {
    const prefix = 'node-role.kubernetes.io/';
    const roles = Object.keys(objectAt(metaOf(object), 'labels')).filter((key) => key.startsWith(prefix));
    return orNone(
      roles
        .map((key) => key.slice(prefix.length))
        .sort()
        .join(','),
    );
  }),
  ageColumn,
  column('Version', fieldAt('status', 'nodeInfo', 'kubeletVersion')),
  column('Internal-IP', (object) => nodeAddress(object, 'InternalIP'), 1),
  column('External-IP', (object) => nodeAddress(object, 'ExternalIP'), 1),
];

function nodeAddress(object: JsonObject, type: string): string {
  const found = listAt(objectAt(object, 'status'), 'addresses').find((item) => textAt(item, 'type') === type);
  return orNone(textAt(found, 'address'));
}

const podColumns: readonly PrinterColumn[] = [
  nameColumn,
  column('Ready', (object) => {
    const states = listAt(objectAt(object, 'status'), 'containerStatuses').filter(isObject);
    const ready = states.filter((state) => state['ready'] === true).length;
    return `${ready}/${listAt(objectAt(object, 'spec'), 'containers').length}`;
  }),
  column('Status', fieldAt('status', 'phase')),
  column('Restarts', () => '0'),
  ageColumn,
  column('IP', (object) => orNone(textAt(objectAt(object, 'status'), 'podIP')), 1),
  column('Node', (object) => orNone(textAt(objectAt(object, 'spec'), 'nodeName')), 1),
];

const dataCount = (object: JsonObject): number =>
  Object.keys(objectAt(object, 'data')).length + Object.keys(objectAt(object, 'binaryData')).length;

const columnsByKind: Readonly<Record<string, readonly PrinterColumn[]>> = {
  Service: serviceColumns,
  Event: eventColumns,
  Node: nodeColumns,
  Pod: podColumns,
  Namespace: [nameColumn, column('Status', fieldAt('status', 'phase')), ageColumn],
  ConfigMap: [nameColumn, column('Data', dataCount, 0, 'integer'), ageColumn],
  Secret: [nameColumn, column('Type', fieldAt('type')), column('Data', dataCount, 0, 'integer'), ageColumn],
  Lease: [nameColumn, column('Holder', fieldAt('spec', 'holderIdentity')), ageColumn],
  ServiceAccount: [
    nameColumn,
    column('Secrets', (object) => listAt(object, 'secrets').length, 0, 'integer'),
    ageColumn,
  ],
  CustomResourceDefinition: [
    nameColumn,
    column('Created At', (object) => String(metaOf(object)['creationTimestamp'] ?? ''), 0, 'date'),
  ],
  ValidatingWebhookConfiguration: [
    nameColumn,
    column('Webhooks', (object) => listAt(object, 'webhooks').length, 0, 'integer'),
    ageColumn,
  ],
};

/** The columns of `kind`: by default name and age. */
export const builtinColumns = (kind: string): readonly PrinterColumn[] => {
  const columns = Object.hasOwn(columnsByKind, kind) ? columnsByKind[kind] : undefined;
  return columns ?? [nameColumn, { ...ageColumn, name: 'Age' }];
};

/**
 * Objects of the API server cut down to ours. Nothing is judged here: what is missing becomes empty, what has
 * an odd shape counts as missing, and equal small values are shared between objects.
 */

import type { Millis } from '../../base/clock.ts';
import { fieldsOf, isObject, listOf, metadataOf, type Raw, textOf, textOrNull } from '../../base/json.ts';
import { compareText } from '../../base/text.ts';
import type { PoolObject } from '../../config/pool/pool-set.ts';
import { isRelevantAnnotation } from '../../objects/annotations.ts';
import type { Condition } from '../../objects/condition.ts';
import type { Namespace } from '../../objects/namespace.ts';
import type { Labels } from '../../objects/selector.ts';
import { type Ingress, type Service, type ServicePort, serviceKey } from '../../objects/service.ts';
import { Interner } from './interner.ts';

const CONDITION_TYPE_PREFIX = 'berth.dev/';

const NO_INGRESS: readonly Ingress[] = Object.freeze([]);
const NO_CONDITIONS: readonly Condition[] = Object.freeze([]);

const stringInterner = new Interner<string>((text) => text);
const stringListInterner = new Interner<readonly string[]>((texts) => JSON.stringify(texts));
const labelsInterner = new Interner<Labels>((labels) => JSON.stringify(labels));
const portsInterner = new Interner<readonly ServicePort[]>((ports) => JSON.stringify(ports));

/** Null where it has no name. */
export function decodeService(raw: Raw): Service | null {
  const metadata = metadataOf(raw);
  const name = textOf(metadata['name']);
  if (name === '') return null;
  const spec = fieldsOf(raw['spec']);
  const status = fieldsOf(raw['status']);
  return {
    key: serviceKey(textOf(metadata['namespace']), name),
    uid: textOf(metadata['uid']),
    resourceVersion: textOf(metadata['resourceVersion']),
    createdAt: parseTimestamp(metadata['creationTimestamp']),
    deleting: textOrNull(metadata['deletionTimestamp']) !== null,
    labels: readStringMap(metadata['labels']),
    annotations: readStringMap(metadata['annotations'], isRelevantAnnotation),
    type: stringInterner.intern(textOf(spec['type'])),
    loadBalancerClass: internOrNull(textOrNull(spec['loadBalancerClass'])),
    clusterIPs: readClusterIPs(spec),
    ipFamilies: stringListInterner.intern(listOf(spec['ipFamilies']).map(textOf)),
    ipFamilyPolicy: internOrNull(textOrNull(spec['ipFamilyPolicy'])),
    loadBalancerIP: textOf(spec['loadBalancerIP']),
    externalTrafficPolicy: stringInterner.intern(textOf(spec['externalTrafficPolicy'])),
    selector: readSelector(spec['selector']),
    ports: readPorts(spec['ports']),
    ingress: readIngress(fieldsOf(status['loadBalancer'])['ingress']),
    conditions: readConditions(status['conditions']),
    statusWriter: internOrNull(readStatusWriter(metadata['managedFields'])),
  };
}

export function decodeNamespace(raw: Raw): Namespace | null {
  const metadata = metadataOf(raw);
  const name = textOf(metadata['name']);
  return name === '' ? null : { name, labels: readStringMap(metadata['labels']) };
}

/** The raw pool goes along for `config/` to read, without what is large and says nothing. */
export function decodePool(raw: Raw): PoolObject | null {
  const metadata = metadataOf(raw);
  const name = textOf(metadata['name']);
  if (name === '') return null;
  const generation = metadata['generation'];
  return {
    name,
    uid: textOf(metadata['uid']),
    createdAt: parseTimestamp(metadata['creationTimestamp']),
    generation: typeof generation === 'number' ? generation : 0,
    raw: withoutBookkeeping(raw),
  };
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** `raw` without `managedFields` and without kubectl's copy of the whole object in an annotation. */
export function withoutBookkeeping(raw: Raw): Raw {
  const { managedFields: _, ...metadata } = metadataOf(raw);
  if (!isObject(metadata['annotations'])) return { ...raw, metadata };
  const { [LAST_APPLIED]: __, ...annotations } = metadata['annotations'];
  return { ...raw, metadata: { ...metadata, annotations } };
}

/**
 * What people wrote of an object, and its text, by which one that was only counted on is known: a status, or the
 * resource version that goes up with each write to it.
 */
export function userWrittenPart(raw: Raw): { readonly written: Raw; readonly text: string } {
  const { status: _, ...rest } = withoutBookkeeping(raw);
  const { resourceVersion: __, generation: ___, ...metadata } = metadataOf(rest);
  const written = { ...rest, metadata };
  return { written, text: JSON.stringify(written) };
}

/** Since the epoch; 0 where it cannot be read. */
export function parseTimestamp(value: unknown): Millis {
  const at = Date.parse(textOf(value));
  return Number.isNaN(at) ? 0 : at;
}

const internOrNull = (text: string | null): string | null =>
  text === null ? null : stringInterner.intern(text);

function readStringMap(value: unknown, keep: (key: string) => boolean = () => true): Labels {
  const texts: Record<string, string> = {};
  for (const [key, text] of Object.entries(fieldsOf(value))) {
    if (typeof text === 'string' && keep(key)) texts[key] = text;
  }
  return labelsInterner.intern(texts);
}

function readClusterIPs(spec: Raw): readonly string[] {
  const listed = listOf(spec['clusterIPs']).map(textOf);
  if (listed.length > 0) return listed;
  const single = textOf(spec['clusterIP']);
  return single === '' ? stringListInterner.intern([]) : [single];
}

function readSelector(value: unknown): string {
  return Object.entries(fieldsOf(value))
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, text]) => `${key}=${textOf(text)}`)
    .join(',');
}

function readPorts(value: unknown): readonly ServicePort[] {
  const ports = listOf(value).map((item): ServicePort => {
    const { protocol, port } = fieldsOf(item) as { protocol?: unknown; port?: unknown };
    return {
      protocol: textOrNull(protocol) ?? 'TCP', // the API's default
      port: typeof port === 'number' ? port : 0,
    };
  });
  return portsInterner.intern(ports);
}

function readIngress(value: unknown): readonly Ingress[] {
  const entries = listOf(value).filter(isObject);
  if (entries.length === 0) return NO_INGRESS;
  return entries.map((entry) => ({
    ip: textOrNull(entry['ip']),
    hostname: textOrNull(entry['hostname']),
    ipMode: internOrNull(textOrNull(entry['ipMode'])),
  }));
}

function readConditions(value: unknown): readonly Condition[] {
  const conditions: Condition[] = [];
  for (const item of listOf(value)) {
    const condition = fieldsOf(item);
    const type = textOf(condition['type']);
    if (!type.startsWith(CONDITION_TYPE_PREFIX)) continue;
    conditions.push({
      type: stringInterner.intern(type),
      status: readConditionStatus(condition['status']),
      reason: stringInterner.intern(textOf(condition['reason'])),
      message: stringInterner.intern(textOf(condition['message'])),
      lastTransitionTime: textOf(condition['lastTransitionTime']),
    });
  }
  return conditions.length === 0 ? NO_CONDITIONS : conditions;
}

const readConditionStatus = (value: unknown): Condition['status'] =>
  value === 'True' || value === 'False' ? value : 'Unknown';

/** The manager of the newest entry of the status subresource that owns the load balancer's part of it. */
function readStatusWriter(managedFields: unknown): string | null {
  let writer: string | null = null;
  let writtenAt = '';
  for (const item of listOf(managedFields)) {
    const entry = fieldsOf(item);
    if (entry['subresource'] !== 'status') continue;
    const status = fieldsOf(fieldsOf(entry['fieldsV1'])['f:status']);
    if (!Object.hasOwn(status, 'f:loadBalancer')) continue;
    // RFC 3339 in UTC and whole seconds, so that text compares as time does.
    const at = textOf(entry['time']);
    if (writer !== null && at < writtenAt) continue;
    writer = textOrNull(entry['manager']);
    writtenAt = at;
  }
  return writer;
}

/**
 * Services, decoded to the fields that assigning and announcing an address need. Values are kept as written: whether a
 * request can be parsed, or an ingress makes sense, is decided in `allocation/` and `announce/`. Their owners may be tenants,
 * so every field has a size that is of use: a decoded Service is small however large the object is.
 */
import type { Millis } from '../base/clock.ts';
import { Interner } from '../base/interner.ts';
import { fieldsOf, isObject, listOf, mapOf, type Raw, textOf, textOrNull } from '../base/json.ts';
import { limitText } from '../base/limited-text.ts';
import { compareText } from '../base/text.ts';
import { TextTable } from '../base/text-table.ts';
import { decodeServiceAnnotations } from './annotations.ts';
import { type Condition, decodeCondition } from './condition.ts';
import { compareCreation, metadataOf, parseCreationTimestamp, specOf, statusOf } from './metadata.ts';
import { decodeMisspelledAnnotations } from './misspelled-annotations.ts';
import { type Labels, limitLabels } from './selector.ts';

/** `namespace/name`. */
export type ServiceKey = string;

export const serviceKey = (namespace: string, name: string): ServiceKey => `${namespace}/${name}`;

/** Parts of a key: Kubernetes names contain no slash. */
export function splitServiceKey(key: ServiceKey): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf('/');
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

export type ServicePort = { readonly protocol: string; readonly port: number };

export type Ingress = {
  readonly ip: string | null;
  readonly hostname: string | null;
  /** The API server defaults it to `VIP` (Kubernetes 1.30 and later); null where it is absent. */
  readonly ipMode: string | null;
};

export type Service = {
  readonly key: ServiceKey;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Wall time; see `parseCreationTimestamp`. */
  readonly createdAt: Millis;
  /** `metadata.deletionTimestamp` is set. */
  readonly deleting: boolean;
  /** `OVERSIZED_LABELS` for too many. */
  readonly labels: Labels;
  /** Those of `SERVICE_ANNOTATIONS`, and up to `MISSPELLED_MAX` whose keys are almost one of them; limited in length. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly type: string;
  readonly loadBalancerClass: string | null;
  /** `spec.clusterIPs`, or `spec.clusterIP` alone where the list is missing; 'None' stays. */
  readonly clusterIPs: readonly string[];
  /** At most `EXTERNAL_IPS_MAX`. */
  readonly externalIPs: readonly string[];
  readonly ipFamilies: readonly string[];
  readonly ipFamilyPolicy: string | null;
  /** `spec.loadBalancerIP`, limited to `SPEC_TEXT_CHARS_MAX`; '' where it is absent. */
  readonly loadBalancerIP: string;
  readonly externalTrafficPolicy: string;
  /** `spec.selector` as canonical text: keys sorted, `k=v,k=v`; limited to `SPEC_TEXT_CHARS_MAX`. */
  readonly selector: string;
  /** Null for more than `PORTS_MAX`: such a Service shares its address with no other. */
  readonly ports: readonly ServicePort[] | null;
  readonly ingress: readonly Ingress[];
  /** Only those under `berth.dev/`. */
  readonly conditions: readonly Condition[];
  /** The field manager that last wrote `status.loadBalancer`, from `managedFields`; null where it is not known. */
  readonly statusWriter: string | null;
};

/** The older first, then by key. */
export const compareServiceAge = (
  a: Pick<Service, 'createdAt' | 'key'>,
  b: Pick<Service, 'createdAt' | 'key'>,
): number => compareCreation(a, b) || compareText(a.key, b.key);

const CONDITION_TYPE_PREFIX = 'berth.dev/';

/** Characters of `spec.loadBalancerIP`, which the API server does not validate, and of the selector. */
export const SPEC_TEXT_CHARS_MAX = 1024;

/** External IPs that are read. */
export const EXTERNAL_IPS_MAX = 256;

/** Ports that are compared with those of other Services that share an address. */
export const PORTS_MAX = 1024;

/** Conditions of ours that are read, and characters of a message: those that are written have fewer (`status-patch.ts`). */
const CONDITIONS_MAX = 8;
const MESSAGE_CHARS_MAX = 2048;

const NO_TEXTS: readonly string[] = Object.freeze([]);
const NO_INGRESS: readonly Ingress[] = Object.freeze([]);
const NO_CONDITIONS: readonly Condition[] = Object.freeze([]);

// Tens of thousands of Services share a few labels, ports and families: equal values are one object.
const texts = new TextTable();
const stringLists = new Interner<readonly string[]>((list) => JSON.stringify(list));
const stringMaps = new Interner<Labels>((labels) => JSON.stringify(labels));
const portLists = new Interner<readonly ServicePort[]>((ports) => JSON.stringify(ports));

/** Missing fields become empty, fields of the wrong type count as missing. Null for an object without a name. */
export function decodeService(raw: Raw): Service | null {
  const metadata = metadataOf(raw);
  const name = textOf(metadata['name']);
  if (name === '') return null;
  const spec = specOf(raw);
  const status = statusOf(raw);
  return {
    key: serviceKey(textOf(metadata['namespace']), name),
    uid: textOf(metadata['uid']),
    resourceVersion: textOf(metadata['resourceVersion']),
    createdAt: parseCreationTimestamp(metadata['creationTimestamp']),
    deleting: textOrNull(metadata['deletionTimestamp']) !== null,
    labels: stringMaps.intern(limitLabels(mapOf(metadata['labels']))),
    annotations: stringMaps.intern(decodeAnnotations(fieldsOf(metadata['annotations']))),
    type: texts.share(textOf(spec['type'])),
    loadBalancerClass: internOrNull(textOrNull(spec['loadBalancerClass'])),
    clusterIPs: decodeClusterIPs(spec),
    externalIPs: decodeStringList(spec['externalIPs']).slice(0, EXTERNAL_IPS_MAX),
    ipFamilies: stringLists.intern(decodeStringList(spec['ipFamilies'])),
    ipFamilyPolicy: internOrNull(textOrNull(spec['ipFamilyPolicy'])),
    loadBalancerIP: limitText(textOf(spec['loadBalancerIP']), SPEC_TEXT_CHARS_MAX),
    externalTrafficPolicy: texts.share(textOf(spec['externalTrafficPolicy'])),
    selector: decodeSelector(spec['selector']),
    ports: decodePorts(spec['ports']),
    ingress: decodeIngress(fieldsOf(status['loadBalancer'])['ingress']),
    conditions: decodeOwnConditions(status['conditions']),
    statusWriter: internOrNull(findStatusWriter(metadata['managedFields'])),
  };
}

/** Those that are mistakes are kept, so that the user can be told. */
const decodeAnnotations = (annotations: Raw): Readonly<Record<string, string>> => ({
  ...decodeServiceAnnotations(annotations),
  ...decodeMisspelledAnnotations(annotations),
});

const internOrNull = (text: string | null): string | null => (text === null ? null : texts.share(text));

function decodeStringList(value: unknown): readonly string[] {
  const items = listOf(value);
  return items.length === 0 ? NO_TEXTS : items.map(textOf);
}

function decodeClusterIPs(spec: Raw): readonly string[] {
  const listed = decodeStringList(spec['clusterIPs']);
  if (listed.length > 0) return listed;
  const single = textOf(spec['clusterIP']);
  return single === '' ? NO_TEXTS : [single];
}

function decodeSelector(value: unknown): string {
  const pairs = Object.entries(fieldsOf(value))
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, text]) => `${key}=${textOf(text)}`);
  return limitText(pairs.join(','), SPEC_TEXT_CHARS_MAX);
}

function decodePorts(value: unknown): readonly ServicePort[] | null {
  const items = listOf(value);
  if (items.length > PORTS_MAX) return null;
  const ports = items.map((item): ServicePort => {
    const { protocol, port } = fieldsOf(item);
    return {
      protocol: textOrNull(protocol) ?? 'TCP', // the API's default
      port: typeof port === 'number' ? port : 0,
    };
  });
  return portLists.intern(ports);
}

function decodeIngress(value: unknown): readonly Ingress[] {
  const entries = listOf(value).filter(isObject);
  if (entries.length === 0) return NO_INGRESS;
  return entries.map(({ ip, hostname, ipMode }) => ({
    ip: textOrNull(ip),
    hostname: textOrNull(hostname),
    ipMode: internOrNull(textOrNull(ipMode)),
  }));
}

function decodeOwnConditions(value: unknown): readonly Condition[] {
  const conditions = listOf(value)
    .map(decodeCondition)
    .filter(({ type }) => type.startsWith(CONDITION_TYPE_PREFIX))
    .slice(0, CONDITIONS_MAX)
    .map((one) => ({
      ...one,
      type: texts.share(one.type),
      reason: texts.share(one.reason),
      message: texts.share(limitText(one.message, MESSAGE_CHARS_MAX)),
    }));
  return conditions.length === 0 ? NO_CONDITIONS : conditions;
}

/** The manager of the newest entry for the status subresource that owns `status.loadBalancer`. */
function findStatusWriter(managedFields: unknown): string | null {
  let writer: string | null = null;
  let writtenAt = '';
  for (const item of listOf(managedFields)) {
    const entry = fieldsOf(item);
    if (entry['subresource'] !== 'status') continue;
    const status = fieldsOf(fieldsOf(entry['fieldsV1'])['f:status']);
    if (!Object.hasOwn(status, 'f:loadBalancer')) continue;
    // RFC 3339 in UTC and whole seconds: texts compare as times do.
    const time = textOf(entry['time']);
    if (writer !== null && time < writtenAt) continue;
    writer = textOrNull(entry['manager']);
    writtenAt = time;
  }
  return writer;
}

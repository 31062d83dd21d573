/** Reads from the live cluster the objects that decide what Calico advertises, as far as the user may read them. */

import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { plural } from '../../base/text.ts';
import { calicoNamespace } from '../../calico/findings/calico-installation.ts';
import { type ApiSender, describeOutcome } from '../../kube/http/api-request.ts';
import { type ListFailure, listAll } from '../../kube/informer/list.ts';
import { objectPath, type Resource, SECRETS } from '../../kube/resource.ts';
import { parseApiVersion } from '../../objects/api-group.ts';
import { withLastApplied } from './apply.ts';
import { asRead } from './as-read.ts';
import {
  CALICO_API_VERSIONS,
  CORE_RESOURCES,
  discoveredResource,
  OPTIONAL_RESOURCES,
} from './calico-kinds.ts';
import { completeListItem } from './list-item.ts';

export type CalicoObjects = {
  readonly objects: readonly Raw[];
  /** Kinds that were read, whether or not there are objects. */
  readonly read: ReadonlySet<string>;
  /** Kinds that could not be read, each with a sentence that says why. */
  readonly unread: ReadonlyMap<string, string>;
};

/** Key of `unread` if it is not known which kinds of Calico are served. */
export const CALICO_KINDS_UNREAD = "Calico's kinds";

const REQUEST_TIMEOUT = 15_000;

export type ReadCalicoOptions = {
  readonly sender: ApiSender;
  readonly readSecrets: boolean;
  /** Namespace of calico-node; '' if it is to be found. */
  readonly namespace: string;
  readonly progress: (text: string) => void;
};

/** The error is a sentence: the cluster cannot be reached, or none of its objects may be read. */
export async function readCalicoObjects(options: ReadCalicoOptions): Promise<CalicoObjects | string> {
  const { sender, progress } = options;
  const objects: Raw[] = [];
  const read = new Set<string>();
  const unread = new Map<string, string>();
  const readKind = async (resource: Resource): Promise<ListFailure | null> => {
    const listed = await listAll(sender, { resource, from: 'consistent' }, (raw) =>
      withLastApplied(asRead(resource, raw), raw),
    );
    if (listed.kind !== 'ok') return listed;
    read.add(resource.kind);
    for (const raw of listed.items) objects.push(completeListItem(resource, raw));
    progress(`reading the cluster: ${plural(objects.length, 'object')} so far`);
    return null;
  };
  for (const resource of CORE_RESOURCES) {
    const failure = await readKind(resource);
    if (failure === null) continue;
    // Without an answer, or with credentials that are not valid, every other list fails too.
    if (failure.kind !== 'refused' || failure.status === 401)
      return `the cluster cannot be read: ${describeOutcome(failure)}`;
    recordFailure(resource, failure, read, unread);
  }
  const calico = await findCalicoKinds(sender);
  if (calico.error !== null) unread.set(CALICO_KINDS_UNREAD, calico.error);
  for (const resource of [...calico.resources, ...OPTIONAL_RESOURCES]) {
    const failure = await readKind(resource);
    if (failure !== null) recordFailure(resource, failure, read, unread);
  }
  if (read.size === 0) return `nothing in the cluster can be read: ${[...unread.values()].join('; ')}`;
  await readNamedSecrets(options, objects, read, unread);
  return { objects, read, unread };
}

function recordFailure(
  { kind, plural: name }: Resource,
  failure: ListFailure,
  read: Set<string>,
  unread: Map<string, string>,
): void {
  // A kind that the server does not know has no objects.
  if (failure.kind === 'refused' && failure.status === 404) read.add(kind);
  else unread.set(kind, `${name} cannot be read: ${describeOutcome(failure)}`);
}

type CalicoResources = {
  readonly resources: readonly Resource[];
  /** A sentence if it is not known which of Calico's kinds are served. */
  readonly error: string | null;
};

/** Calico's resources; of the older API group only if the newer one is not served or does not answer. */
export async function findCalicoKinds(sender: ApiSender): Promise<CalicoResources> {
  let error: string | null = null;
  for (const group of CALICO_API_VERSIONS) {
    const discovered = await sender.send({ method: 'GET', path: `/apis/${group}`, timeout: REQUEST_TIMEOUT });
    if (discovered.kind !== 'ok') {
      const isNotServed = discovered.kind === 'refused' && discovered.status === 404;
      if (!isNotServed) error ??= `the kinds of ${group} cannot be read: ${describeOutcome(discovered)}`;
      continue;
    }
    const { group: name, version } = parseApiVersion(group);
    const served = listOf(fieldsOf(discovered.body)['resources'])
      .map(fieldsOf)
      .filter((one) => !textOf(one['name']).includes('/'))
      .map((one) => discoveredResource(name, version, textOf(one['name']), textOf(one['kind'])));
    const wanted = served.filter((one) => one !== null);
    const [first] = wanted;
    if (first === undefined) continue;
    // An aggregated API that is listed may still be down.
    const probed = await listAll(sender, { resource: first, from: 'consistent' });
    const isDown = probed.kind !== 'ok' && !(probed.kind === 'refused' && probed.status === 403);
    if (!isDown) return { resources: wanted, error: null };
    error ??= `${first.plural} of ${group} cannot be read: ${describeOutcome(probed)}`;
  }
  return { resources: [], error };
}

/** Reads the Secrets that BGPPeers and the mesh name. Values are dropped unless `readSecrets`. */
async function readNamedSecrets(
  { sender, readSecrets, namespace }: ReadCalicoOptions,
  objects: Raw[],
  read: Set<string>,
  unread: Map<string, string>,
): Promise<void> {
  const objectsOf = (kind: string): readonly Raw[] => objects.filter((raw) => raw['kind'] === kind);
  const secretNamespace = namespace || calicoNamespace(objectsOf);
  for (const name of secretNames(objects)) {
    const path = objectPath(SECRETS, { namespace: secretNamespace, name });
    const found = await sender.send({ method: 'GET', path, timeout: REQUEST_TIMEOUT });
    if (found.kind === 'ok') {
      const raw = fieldsOf(found.body);
      const keys = Object.keys(fieldsOf(raw['data']));
      const data = readSecrets ? raw['data'] : Object.fromEntries(keys.map((key) => [key, '']));
      objects.push({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace: secretNamespace },
        data,
      });
    } else if (!(found.kind === 'refused' && found.status === 404)) {
      unread.set('Secret', `Secret ${secretNamespace}/${name} cannot be read: ${describeOutcome(found)}`);
      return;
    }
  }
  read.add('Secret');
}

const secretNames = (objects: readonly Raw[]): ReadonlySet<string> =>
  new Set(
    objects.flatMap((raw) => {
      const spec = fieldsOf(raw['spec']);
      return [spec['password'], spec['nodeMeshPassword']].flatMap((one) => {
        const name = textOf(fieldsOf(fieldsOf(one)['secretKeyRef'])['name']);
        return name === '' ? [] : [name];
      });
    }),
  );

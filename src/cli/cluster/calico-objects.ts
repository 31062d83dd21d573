/** Reads from the live cluster the objects that decide what Calico advertises, as far as the user may read them. */

import { fieldsOf, type Raw, textOf } from '../../base/json.ts';
import { joinCauses } from '../../base/shared-causes.ts';
import { calicoNamespace } from '../../calico/findings/calico-installation.ts';
import { describeOutcome, isNotFound } from '../../kube/http/api-request.ts';
import { objectPath, type Resource, SECRETS } from '../../kube/resource.ts';
import { objectsOfKind } from '../../objects/resource-kind.ts';
import { CORE_RESOURCES, OPTIONAL_RESOURCES } from './calico-kinds.ts';
import type { ClusterReading } from './cluster-reading.ts';
import {
  describeFailure,
  isNotServed,
  type ListedObjects,
  type ReadFailure,
  unreadText,
} from './collection-reader.ts';

export type CalicoObjects = {
  readonly objects: readonly Raw[];
  /** Kinds that were read, whether or not there are objects. */
  readonly read: ReadonlySet<string>;
  /** Kinds that could not be read, each with a sentence that says why. */
  readonly unread: ReadonlyMap<string, string>;
};

/** Key of `unread` if it is not known which kinds of Calico are served. */
export const CALICO_KINDS_UNREAD = "Calico's kinds";

export type ReadCalicoOptions = {
  readonly reading: ClusterReading;
  readonly readSecrets: boolean;
  /** Namespace of calico-node; '' if it is to be found. */
  readonly namespace: string;
};

/** The error is a sentence: the cluster cannot be reached, or none of its objects may be read. */
export async function readCalicoObjects(options: ReadCalicoOptions): Promise<CalicoObjects | string> {
  const { reading } = options;
  const objects: Raw[] = [];
  const read = new Set<string>();
  const unread = new Map<string, string>();
  let isAnswered = false;
  const add = (resource: Resource, listed: ListedObjects): void => {
    if (listed.kind !== 'ok') recordFailure(resource, listed, read, unread);
    else {
      isAnswered = true;
      read.add(resource.kind);
      // No spread: a hundred thousand arguments are too many.
      for (const raw of listed.items) objects.push(raw);
    }
  };
  const core = await Promise.all(
    CORE_RESOURCES.map(async (resource) => ({ resource, listed: await reading.list({ resource }) })),
  );
  for (const { resource, listed } of core) {
    // Without an answer, or with credentials that are not valid, every other list fails too.
    if (
      listed.kind !== 'ok' &&
      (listed.kind === 'refused' ? listed.status === 401 : listed.kind !== 'unconfigured')
    )
      return `the cluster cannot be read: ${describeFailure(listed)}`;
    add(resource, listed);
  }
  const calico = await reading.calicoKinds();
  if (calico.error !== null) unread.set(CALICO_KINDS_UNREAD, calico.error);
  const others = await Promise.all(
    [...calico.resources, ...OPTIONAL_RESOURCES].map(async (resource) => ({
      resource,
      listed: await reading.list({ resource }),
    })),
  );
  for (const { resource, listed } of others) add(resource, listed);
  if (!isAnswered && unread.size > 0)
    return `nothing in the cluster can be read: ${joinCauses([...unread.values()]).join('; ')}`;
  await readNamedSecrets(options, objects, read, unread);
  return { objects, read, unread };
}

function recordFailure(
  resource: Resource,
  failure: ReadFailure,
  read: Set<string>,
  unread: Map<string, string>,
): void {
  const { kind } = resource;
  if (isNotServed(resource, failure)) read.add(kind);
  else unread.set(kind, unreadText(resource, failure));
}

/** Reads the Secrets that BGPPeers and the mesh name. Values are dropped unless `readSecrets`. */
async function readNamedSecrets(
  { reading, readSecrets, namespace }: ReadCalicoOptions,
  objects: Raw[],
  read: Set<string>,
  unread: Map<string, string>,
): Promise<void> {
  const objectsOf = (kind: string): readonly Raw[] => objectsOfKind(objects, kind);
  const secretNamespace = namespace || calicoNamespace(objectsOf);
  for (const name of secretNames(objects)) {
    const path = objectPath(SECRETS, { namespace: secretNamespace, name });
    const found = await reading.get(path);
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
    } else if (!isNotFound(found)) {
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

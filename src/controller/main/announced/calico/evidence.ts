/** Looks for Calico's installation: the DaemonSet calico-node and the objects that name its BGP backend. */
import type { Raw } from '../../../../base/json.ts';
import {
  type BgpBackend,
  detectBackend,
  isBgpRunning,
} from '../../../../calico/findings/calico-installation.ts';
import {
  type ApiOutcome,
  type ApiSender,
  isFinalAnswer,
  isNotFound,
} from '../../../../kube/http/api-request.ts';
import { listAll } from '../../../../kube/informer/list.ts';
import { CONFIG_MAPS, DAEMON_SETS, objectPath, type Resource } from '../../../../kube/resource.ts';
import { nameOf, namespaceOf } from '../../../../objects/metadata.ts';
import { objectsOfKind } from '../../../../objects/resource-kind.ts';
import { API_REQUEST_TIMEOUT } from '../../../../runtime/main/adapters.ts';
import { trimEvidence } from '../../../announced/calico/model-objects.ts';

/** Where calico-node runs; its backend is in this ConfigMap where the DaemonSet says so. */
const CALICO_NAMESPACES = ['kube-system', 'calico-system'] as const;

type InstallationObject = {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
};

const INSTALLATION_OBJECTS: readonly InstallationObject[] = CALICO_NAMESPACES.flatMap((namespace) => [
  { resource: DAEMON_SETS, namespace, name: 'calico-node' },
  { resource: CONFIG_MAPS, namespace, name: 'calico-config' },
]);

/** Of Calico's operator. */
const INSTALLATIONS: Resource = {
  group: 'operator.tigera.io',
  version: 'v1',
  plural: 'installations',
  kind: 'Installation',
  namespaced: false,
};

export type CalicoEvidence = {
  readonly objects: readonly Raw[];
  /** `isRunning` is null where nothing of Calico was found. */
  readonly backend: BgpBackend;
  /** Whether every object that is not among `objects` is known to be absent. */
  readonly isComplete: boolean;
  /** Whether every read got an answer, be it a refusal; else the same reads may give more soon. */
  readonly isAnswered: boolean;
};

export const NO_EVIDENCE: CalicoEvidence = {
  objects: [],
  backend: { isRunning: null, object: null, field: '', because: '' },
  isComplete: false,
  isAnswered: false,
};

/**
 * What is not known to be absent is as it was `before`: a server that does not answer removes no Calico. What was never read
 * counts as absent.
 */
export async function findEvidence(client: ApiSender, before = NO_EVIDENCE): Promise<CalicoEvidence> {
  // A command waits for it: together, they take as long as one.
  const [found, installations] = await Promise.all([
    Promise.all(INSTALLATION_OBJECTS.map((one) => findObject(client, one))),
    listAll(client, { resource: INSTALLATIONS, from: 'cached' }),
  ]);
  const objects: Raw[] = found.flatMap(({ object, isKnown }, index) => {
    if (isKnown) return object === null ? [] : [object];
    return before.objects.filter((raw) => isAt(raw, INSTALLATION_OBJECTS[index]));
  });
  if (installations.kind === 'ok')
    objects.push(...installations.items.map((raw) => trimEvidence(INSTALLATIONS.kind, raw)));
  else if (!isNotFound(installations))
    objects.push(...before.objects.filter((raw) => raw['kind'] === INSTALLATIONS.kind));
  const backend = detectBackend((kind) => objectsOfKind(objects, kind), true);
  return {
    ...{ objects, backend: { ...backend, isRunning: isBgpRunning(backend) } },
    isComplete: found.every(({ isKnown }) => isKnown),
    isAnswered: [...found.map(({ outcome }) => outcome), installations].every(isFinalAnswer),
  };
}

type Found = {
  readonly outcome: ApiOutcome;
  /** Null where it is absent, or not known. */
  readonly object: Raw | null;
  readonly isKnown: boolean;
};

async function findObject(client: ApiSender, { resource, ...place }: InstallationObject): Promise<Found> {
  const path = objectPath(resource, place);
  const outcome = await client.send({ method: 'GET', path, timeout: API_REQUEST_TIMEOUT });
  return outcome.kind === 'ok'
    ? { outcome, object: trimEvidence(resource.kind, outcome.body as Raw), isKnown: true }
    : { outcome, object: null, isKnown: isNotFound(outcome) };
}

const isAt = (raw: Raw, place: InstallationObject | undefined): boolean =>
  raw['kind'] === place?.resource.kind && namespaceOf(raw) === place?.namespace && nameOf(raw) === place.name;

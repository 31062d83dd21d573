/** Looks for Calico's installation: the DaemonSet calico-node and the objects that name its BGP backend. */
import type { Raw } from '../../../../base/json.ts';
import {
  type BgpBackend,
  detectBackend,
  isBgpRunning,
} from '../../../../calico/findings/calico-installation.ts';
import type { ApiSender } from '../../../../kube/http/api-request.ts';
import { listAll } from '../../../../kube/informer/list.ts';
import { CONFIG_MAPS, DAEMON_SETS, objectPath, type Resource } from '../../../../kube/resource.ts';
import { API_REQUEST_TIMEOUT } from '../../../../runtime/main/adapters.ts';
import { trimEvidence } from '../../../announced/calico/model-objects.ts';

/** Where calico-node runs; its backend is in this ConfigMap where the DaemonSet says so. */
const CALICO_NAMESPACES = ['kube-system', 'calico-system'] as const;

const INSTALLATION_OBJECTS = [
  [DAEMON_SETS, 'calico-node'],
  [CONFIG_MAPS, 'calico-config'],
] as const;

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
};

export const NO_EVIDENCE: CalicoEvidence = {
  objects: [],
  backend: { isRunning: null, object: null, field: '', because: '' },
  isComplete: false,
};

/** What cannot be read counts as absent. */
export async function findEvidence(client: ApiSender): Promise<CalicoEvidence> {
  const sources = CALICO_NAMESPACES.flatMap((namespace) =>
    INSTALLATION_OBJECTS.map(([resource, name]) => ({
      resource,
      path: objectPath(resource, { namespace, name }),
    })),
  );
  // A command waits for it: together, they take as long as one.
  const [outcomes, installations] = await Promise.all([
    Promise.all(
      sources.map(({ path }) => client.send({ method: 'GET', path, timeout: API_REQUEST_TIMEOUT })),
    ),
    listAll(client, { resource: INSTALLATIONS, from: 'cached' }),
  ]);
  const objects: Raw[] = [];
  let isComplete = true;
  for (const [index, outcome] of outcomes.entries()) {
    const kind = sources[index]?.resource.kind ?? '';
    if (outcome.kind === 'ok') objects.push(trimEvidence(kind, outcome.body as Raw));
    else if (!(outcome.kind === 'refused' && outcome.status === 404)) isComplete = false;
  }
  if (installations.kind === 'ok')
    objects.push(...installations.items.map((raw) => trimEvidence(INSTALLATIONS.kind, raw)));
  const backend = detectBackend((kind) => objects.filter((raw) => raw['kind'] === kind), true);
  return { objects, backend: { ...backend, isRunning: isBgpRunning(backend) }, isComplete };
}

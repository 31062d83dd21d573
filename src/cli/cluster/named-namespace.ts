/** Namespaces that a command line names: one that does not exist is a typing error, and nothing in it is not "nothing is wrong". */
import { didYouMean, withHint } from '../../base/text.ts';
import type { ApiSender } from '../../kube/http/api-request.ts';
import { listAll } from '../../kube/informer/list.ts';
import { NAMESPACES, objectPath } from '../../kube/resource.ts';
import { nameOf } from '../../objects/metadata.ts';
import { DEFAULT_NAMESPACE } from '../../runtime/flags.ts';

/** Of the controller and the speakers, as flags or variables name them. */
export type ProgramNamespaces = {
  readonly 'pool-namespace'?: string;
  readonly 'speaker-namespace'?: string;
};

/** A sentence where one is named that does not exist; null else. The default is not checked: without an installation it is not there. */
export async function missingProgramNamespace(
  sender: ApiSender,
  flags: ProgramNamespaces,
): Promise<string | null> {
  for (const name of new Set([flags['pool-namespace'], flags['speaker-namespace']])) {
    if (name === undefined || name === '' || name === DEFAULT_NAMESPACE) continue;
    const missing = await missingNamespace(sender, name);
    if (missing !== null) return missing;
  }
  return null;
}

/** A sentence where the cluster says that the namespace does not exist. Null without the right to read it. */
export async function missingNamespace(sender: ApiSender, name: string): Promise<string | null> {
  const path = objectPath(NAMESPACES, { namespace: null, name });
  const outcome = await sender.send({ method: 'GET', path, timeout: REQUEST_TIMEOUT });
  if (outcome.kind !== 'refused' || outcome.status !== 404 || outcome.reason !== 'NotFound') return null;
  const listed = await listAll(sender, { resource: NAMESPACES, from: 'cached' });
  const names = listed.kind === 'ok' ? listed.items.map(nameOf) : [];
  return noNamespaceText(name, names);
}

/** `known` are the namespaces that there are. */
export const noNamespaceText = (name: string, known: Iterable<string>): string =>
  withHint(`there is no namespace ${name}`, didYouMean(name, known));

/** A server that does not answer is told about by what the command itself reads. */
const REQUEST_TIMEOUT = 3_000;

/** Why a Pod is not ready: the reason that Kubernetes gives, and what it means where the kubelet's own words need reading. */
import { fieldsOf, listOf, type Raw, textOf } from '../base/json.ts';
import { specOf, statusOf } from '../objects/metadata.ts';

/**
 * An image of another architecture: refused by containerd and Docker when it is pulled, or by the kernel when it is started. The
 * kernel's refusal is in the log, which the manifests make the container's message (`terminationMessagePolicy`).
 */
const OTHER_ARCHITECTURE = /exec format error|no match for platform|no matching manifest for/;

const NOT_PULLED: ReadonlySet<string> = new Set(['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull']);

/** What the manifests call the image, and no registry has. */
const UNNAMED_IMAGE = /^localhost\//;

/** A message is at most this long: it may be anything that a program printed last. */
const MESSAGE_LENGTH_MAX = 200;

/** `CrashLoopBackOff: unknown flag --colour`; the reason alone where no more is known; null where there is none. */
export function whyNotReady(pod: Raw): string | null {
  const status = statusOf(pod);
  for (const container of listOf(status['containerStatuses']).map(fieldsOf)) {
    const { waiting, terminated } = fieldsOf(container['state']);
    const reason = textOf(fieldsOf(waiting)['reason']) || textOf(fieldsOf(terminated)['reason']);
    if (reason !== '') return withMeaning(reason, meaningOf(reason, container, pod));
  }
  const conditions = listOf(status['conditions']).map(fieldsOf);
  const unmet = conditions.find((one) => one['status'] !== 'True' && textOf(one['reason']) !== '');
  return textOf(unmet?.['reason']) || null;
}

const withMeaning = (reason: string, meaning: string): string =>
  meaning === '' ? reason : `${reason}: ${meaning}`;

function meaningOf(reason: string, container: Raw, pod: Raw): string {
  const state = fieldsOf(container['state']);
  const ended = fieldsOf(fieldsOf(container['lastState'])['terminated']);
  const said = [state['waiting'], state['terminated'], ended].map((one) => textOf(fieldsOf(one)['message']));
  if (said.some((text) => OTHER_ARCHITECTURE.test(text)))
    return 'the image is not built for the architecture of this node';
  if (NOT_PULLED.has(reason)) {
    const image = imageOf(pod, textOf(container['name']));
    return UNNAMED_IMAGE.test(image)
      ? `${image} is in no registry: name your image, or load it on the node`
      : '';
  }
  // The kubelet's own message only says how long it waits; a program's last line says what is wrong.
  return lastLine(textOf(fieldsOf(state['terminated'])['message']) || textOf(ended['message']));
}

const imageOf = (pod: Raw, name: string): string => {
  const containers = listOf(specOf(pod)['containers']).map(fieldsOf);
  return textOf(containers.find((one) => one['name'] === name)?.['image']);
};

function lastLine(text: string): string {
  const line = text.trimEnd().split('\n').at(-1)?.trim() ?? '';
  return line.length > MESSAGE_LENGTH_MAX ? `${line.slice(0, MESSAGE_LENGTH_MAX)}…` : line;
}

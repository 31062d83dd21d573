/** Pods of the programs in the controller's namespace: Berth's controller and speakers, and those of MetalLB. */
import { type Raw, textOf } from '../base/json.ts';
import { compareText } from '../base/text.ts';
import { identityOf, labelsOf, metadataOf, type ObjectIdentity } from '../objects/metadata.ts';
import { containersOf, findMetallbContainer } from '../objects/metallb-program.ts';
import { decodePod } from '../objects/pod.ts';
import type { PodOverview } from './document.ts';
import { whyNotReady } from './pod-failure.ts';

export type ProgramPod = PodOverview &
  Pick<ObjectIdentity, 'createdAt'> & {
    readonly program: 'controller' | 'speaker';
    /** It is a program of MetalLB. */
    readonly isMetallb: boolean;
  };

/** Sorted by name. Pods that are being deleted, or have ended, do not count. */
export const readProgramPods = (raws: readonly Raw[]): readonly ProgramPod[] =>
  raws.flatMap((raw) => readProgramPod(raw) ?? []).sort((a, b) => compareText(a.name, b.name));

function readProgramPod(raw: Raw): ProgramPod | null {
  const { component, 'app.kubernetes.io/component': role = component } = labelsOf(raw);
  if (role !== 'controller' && role !== 'speaker') return null;
  const { name, node, phase, isReady } = decodePod(raw);
  const isEnding = textOf(metadataOf(raw)['deletionTimestamp']) !== '';
  if (isEnding || phase === 'Succeeded' || phase === 'Failed') return null;
  const containers = containersOf(raw);
  const image = textOf((containers.find((one) => one['name'] === role) ?? containers[0])?.['image']);
  return {
    ...{ program: role, name, node, ready: isReady },
    version: tagOf(image),
    because: isReady ? null : whyNotReady(raw),
    isMetallb: findMetallbContainer(raw, role) !== null,
    createdAt: identityOf(raw).createdAt,
  };
}

/** `v1.2.3` of `registry:5000/berth:v1.2.3@sha256:…`; null without a tag. */
export function tagOf(image: string): string | null {
  const [name = ''] = image.split('@');
  const last = name.slice(name.lastIndexOf('/') + 1);
  const colon = last.indexOf(':');
  return colon < 0 ? null : last.slice(colon + 1);
}

/** `ProgramPod` as the document shows it. */
export const toPodOverview = ({ name, node, ready, version, because }: ProgramPod): PodOverview => ({
  ...{ name, node, ready, version, because },
});

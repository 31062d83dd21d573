/** Arguments of the speakers, from their DaemonSet. */
import type { Raw } from '../base/json.ts';
import { commandLineOf, containersOf } from '../objects/metallb-program.ts';
import { objectsOfKind } from '../objects/resource-kind.ts';

/** Null where no DaemonSet of speakers is known. */
export type SpeakerArguments = {
  readonly ignoreExcludeLabel: boolean | null;
  readonly drainsOnCordon: boolean | null;
};

/** Berth's, and MetalLB's, which knows the first of the two flags. */
export function speakerArguments(objects: readonly Raw[]): SpeakerArguments {
  const all = objectsOfKind(objects, 'DaemonSet')
    .flatMap((raw) => containersOf(raw))
    .map(commandLineOf)
    .filter((words) => words.includes('speaker') || words.some((word) => /ignore-exclude-lb/.test(word)));
  if (all.length === 0) return { ignoreExcludeLabel: null, drainsOnCordon: null };
  const has = (flag: string): boolean => all.some((words) => words.some((word) => isSwitchedOn(word, flag)));
  return { ignoreExcludeLabel: has('ignore-exclude-lb'), drainsOnCordon: has('drain-on-cordon') };
}

/** `--flag`, `--flag=true`, or with one dash as in Go. */
function isSwitchedOn(word: string, flag: string): boolean {
  const match = /^--?([a-z-]+)(?:=(.*))?$/.exec(word);
  return match?.[1] === flag && (match[2] === undefined || match[2] === 'true');
}

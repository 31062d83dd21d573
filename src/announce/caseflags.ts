/** The flags of a MetalLB speaker, as far as they decide what it announces. */
import type { SpeakerFlags } from './decision/should-announce.ts';

/** `--name value`, `--name=value` and Go's single dash; what is not known here decides nothing. */
export function parseSpeakerFlags(args: readonly string[]): SpeakerFlags {
  let lbClass: string | null = null;
  let ignoreExcludeLabel = false;
  for (const [index, arg] of args.entries()) {
    const flag = /^--?([a-z-]+)(?:=(.*))?$/.exec(arg);
    if (flag === null) continue;
    const [, name, value] = flag;
    if (name === 'lb-class') lbClass = (value ?? args[index + 1] ?? '') || null;
    if (name === 'ignore-exclude-lb')
      ignoreExcludeLabel = value === undefined || /^(1|t|T|true|TRUE|True)$/.test(value);
  }
  return { lbClass, ignoreExcludeLabel };
}

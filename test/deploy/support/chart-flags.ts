/** What the chart has to know about the flags of both programs: `charts/berth/flags.yaml`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { root } from '../../../dev/place.mjs';
import type { FlagSpec, FlagTable } from '../../../src/base/flags.ts';
import { CONTROLLER_FLAGS, IGNORED_FLAGS } from '../../../src/controller/flags.ts';
import { IGNORED_SPEAKER_FLAGS, SPEAKER_FLAGS } from '../../../src/speaker/flags.ts';

export const FLAG_TABLES: Readonly<Record<'controller' | 'speaker', FlagTable>> = {
  controller: { ...CONTROLLER_FLAGS, ...IGNORED_FLAGS },
  speaker: { ...SPEAKER_FLAGS, ...IGNORED_SPEAKER_FLAGS },
};

/** What a manifest gives its Pods by name: the others of the namespace have other names, and there is no other way to the API server. */
const OWN = ['namespace', 'node-name', 'pod-name', 'kubeconfig', 'context'];
/** Without these two ports something is missing, and nothing waits for it. */
const CAN_BE_OFF = ['port', 'view-port'];
const MANIFESTS = { controller: 'controller-only/deployment.yaml', speaker: 'native/daemonset.yaml' };

/** The values that a flag of a part may have where more of the manifest relies on it, such as its probes. */
export function heldValues(part: keyof typeof FLAG_TABLES): Readonly<Record<string, readonly string[]>> {
  const manifest = parse(readFileSync(join(root, 'deploy', MANIFESTS[part]), 'utf8'));
  const args: readonly string[] = manifest.spec.template.spec.containers[0].args;
  const held: Record<string, readonly string[]> = {};
  for (const name of OWN) if (Object.hasOwn(FLAG_TABLES[part], name)) held[name] = [];
  for (const arg of args) {
    const { name, port } = /^--(?<name>[a-z-]*port)=(?<port>\d+)$/.exec(arg)?.groups ?? {};
    if (name && port) held[name] = CAN_BE_OFF.includes(name) ? [port, '0'] : [port];
  }
  return held;
}

const HEAD = `# The flags of controller and speaker, by which the templates refuse what a program would refuse when its Pods start. On the values
# that are "held", other parts of the manifest rely.
# test/deploy/chart-flags.test.ts compares this file with the programs.
`;

/** Helm reads YAML 1.1, where `off` without quotes is false. */
const FORMAT = { version: '1.1', collectionStyle: 'flow', lineWidth: 0 } as const;

/** The defaults of `min` and `max` are those of `parseFlags`. */
const described = (
  { kind, choices, min = 0, max = 65_535 }: FlagSpec,
  held: readonly string[] | undefined,
): object => ({
  kind,
  ...(choices === undefined ? {} : { choices }),
  ...(kind === 'number' ? { min, max } : {}),
  ...(held === undefined ? {} : { held }),
});

/** The file as it should be. */
export const chartFlagsFile = (): string =>
  HEAD +
  (['controller', 'speaker'] as const)
    .map((part) => {
      const held = heldValues(part);
      const rows = Object.entries(FLAG_TABLES[part]).map(
        ([name, spec]) => `  ${name}: ${stringify(described(spec, held[name]), FORMAT).trim()}\n`,
      );
      return `${part}:\n${rows.join('')}`;
    })
    .join('');

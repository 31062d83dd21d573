/** What the chart has to know about the flags of both programs: `charts/berth/flags.yaml`. */
import { stringify } from 'yaml';
import type { FlagSpec, FlagTable } from '../../../src/base/flags.ts';
import { CONTROLLER_FLAGS, IGNORED_FLAGS } from '../../../src/controller/flags.ts';
import { IGNORED_SPEAKER_FLAGS, SPEAKER_FLAGS } from '../../../src/speaker/flags.ts';

export const FLAG_TABLES: Readonly<Record<'controller' | 'speaker', FlagTable>> = {
  controller: { ...CONTROLLER_FLAGS, ...IGNORED_FLAGS },
  speaker: { ...SPEAKER_FLAGS, ...IGNORED_SPEAKER_FLAGS },
};

const HEAD = `# The flags of controller and speaker, by which the templates refuse what a program would refuse when its Pods start.
# test/deploy/chart-flags.test.ts compares this file with the programs.
`;

/** Helm reads YAML 1.1, where `off` without quotes is false. */
const FORMAT = { version: '1.1', collectionStyle: 'flow', lineWidth: 0 } as const;

/** The defaults of `min` and `max` are those of `parseFlags`. */
const described = ({ kind, choices, min = 0, max = 65_535 }: FlagSpec): object => ({
  kind,
  ...(choices === undefined ? {} : { choices }),
  ...(kind === 'number' ? { min, max } : {}),
});

/** The file as it should be. */
export const chartFlagsFile = (): string =>
  HEAD +
  Object.entries(FLAG_TABLES)
    .map(([part, table]) => {
      const rows = Object.entries(table).map(
        ([name, spec]) => `  ${name}: ${stringify(described(spec), FORMAT).trim()}\n`,
      );
      return `${part}:\n${rows.join('')}`;
    })
    .join('');

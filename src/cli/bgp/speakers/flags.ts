/** Flags of the commands that query speakers: `berth bgp peers`, `routes` and `why`. */
import type { Flags, FlagTable } from '../../../base/flags.ts';
import { DEFAULT_VIEW_PORT } from '../../../speaker/flags.ts';
import { CONNECTION_FLAGS, OUTPUT_FLAG, SPEAKER_NAMESPACE_FLAG } from '../../cluster/flags.ts';

export const SPEAKER_QUERY_FLAGS = {
  node: { kind: 'texts', value: 'NAME', help: 'query the speaker of this node only; may be repeated' },
  speaker: {
    kind: 'texts',
    value: 'URL',
    help: 'query this status port, without a cluster; may be repeated',
  },
  ...SPEAKER_NAMESPACE_FLAG,
  ...OUTPUT_FLAG,
  ...CONNECTION_FLAGS,
} as const satisfies FlagTable;

export type SpeakerQueryFlags = Flags<typeof SPEAKER_QUERY_FLAGS>;

/** For the help of each of the commands. */
export const SPEAKER_QUERY_RIGHTS =
  'It queries the speakers through the API server, which needs the rights to list pods and to get pods/proxy in their namespace. A speaker that does not answer is listed, and the others are shown.';

/** What is wrong with the flags, a sentence each. */
export function speakerFlagErrors({
  speaker,
  node,
}: Pick<SpeakerQueryFlags, 'speaker' | 'node'>): readonly string[] {
  const invalidUrls = speaker.filter(
    (url) => !/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''),
  );
  return [
    ...invalidUrls.map(
      (url) => `--speaker: ${JSON.stringify(url)} is not a URL such as http://10.0.0.11:${DEFAULT_VIEW_PORT}`,
    ),
    ...(speaker.length > 0 && node.length > 0
      ? ['--node selects speakers of a cluster: leave it out beside --speaker']
      : []),
  ];
}

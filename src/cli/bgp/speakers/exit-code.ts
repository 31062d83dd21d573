/** The end of the commands that query speakers: exit codes as of every other command. */
import { EXIT_CODES } from '../../../base/exit-codes.ts';
import { plural } from '../../../base/text.ts';
import { type Command, failCommand } from '../../framework/command.ts';
import type { CliContext } from '../../framework/context.ts';
import type { SpeakerResponse } from './status-query.ts';

/** What the codes mean, for the help of each of the commands. */
export const SPEAKER_EXIT_CODES = {
  1: 'no speaker answered; stderr says why',
  5: 'a speaker did not answer: the others were judged, and the problems that they show are printed',
} as const;

/**
 * Says on stderr how many speakers did not answer, and returns the exit code. `isFine`: what those show that answered. A
 * speaker that did not answer is never taken for fine.
 */
export function endSpeakerQuery(
  command: Pick<Command, 'name'>,
  context: Pick<CliContext, 'program' | 'stderr'>,
  responses: readonly SpeakerResponse[],
  isFine: boolean,
): number {
  const silent = responses.filter(({ document }) => !document.ok).length;
  if (silent === 0) return isFine ? EXIT_CODES.success : EXIT_CODES.changes;
  const all = plural(responses.length, 'speaker');
  failCommand(command, context, [`${silent} of ${all} did not answer: the output says why`]);
  return silent === responses.length ? EXIT_CODES.failure : EXIT_CODES.partial;
}

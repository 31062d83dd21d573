import type { Command } from '../framework/command.ts';
import { summaryOf } from '../framework/command-names.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

export const COMPLETION_COMMAND = {
  name: 'completion',
  summary: summaryOf('completion'),
  usage: ['bash|zsh|fish'],
  about: [
    'Use it once for each shell. The script calls this program for the words that can follow.',
    'For kubectl berth, put an executable kubectl_complete-berth into the PATH with the line: exec berth __complete "$@"',
  ],
  flags: {},
  operands: SHELLS,
  examples: [
    {
      description: 'bash: in this session, or in ~/.bashrc for all',
      commandLine: 'source <(berth completion bash)',
    },
    { description: 'zsh: in ~/.zshrc, after compinit', commandLine: 'source <(berth completion zsh)' },
    { description: 'fish', commandLine: 'berth completion fish > ~/.config/fish/completions/berth.fish' },
  ],
} as const satisfies Command;

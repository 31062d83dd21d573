import type { Command } from '../framework/command.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

export const COMPLETION_COMMAND = {
  name: 'completion',
  usage: ['bash|zsh|fish'],
  about: [
    'Prints a script that asks this program what could stand next. For kubectl berth, kubectl looks for a program kubectl_complete-berth in the PATH: one line, exec berth __complete "$@".',
  ],
  flags: {},
  subcommands: SHELLS,
  examples: [
    {
      description: 'bash, in this session; in ~/.bashrc for all',
      commandLine: 'source <(berth completion bash)',
    },
    { description: 'zsh, in ~/.zshrc after compinit', commandLine: 'source <(berth completion zsh)' },
    { description: 'fish', commandLine: 'berth completion fish > ~/.config/fish/completions/berth.fish' },
  ],
} as const satisfies Command;

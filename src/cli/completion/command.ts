import type { Command } from '../command.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

export const COMPLETION_COMMAND = {
  verb: 'completion',
  usage: ['bash|zsh|fish'],
  about: [
    'Prints a script that asks this program what could stand next. For kubectl berth, kubectl looks for a program kubectl_complete-berth in the PATH: one line, exec berth __complete "$@".',
  ],
  flags: {},
  words: SHELLS,
  examples: [
    { does: 'bash, in this session; in ~/.bashrc for all', run: 'source <(berth completion bash)' },
    { does: 'zsh, in ~/.zshrc after compinit', run: 'source <(berth completion zsh)' },
    { does: 'fish', run: 'berth completion fish > ~/.config/fish/completions/berth.fish' },
  ],
} as const satisfies Command;

/** Runs a program to its end, and collects what it prints. */
import { spawn } from 'node:child_process';

export type CommandResult = { readonly code: number; readonly stdout: string; readonly stderr: string };

export type RunOptions = {
  /** All that it gets: nothing of this process. */
  readonly env: NodeJS.ProcessEnv;
  /** What it reads from its standard input. */
  readonly input?: string | undefined;
};

/** A program that a signal ended has the code -1. Rejects where it cannot be started. */
export function runProgram(
  program: string,
  args: readonly string[],
  { env, input = '' }: RunOptions,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: 'pipe' });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
    child.stdin.on('error', () => {}); // it may end without reading all; its exit code then tells
    child.stdin.end(input);
  });
}

/** Runs a program in a process of its own, which prints one value as JSON. */
import { fork } from 'node:child_process';

export function runChild<T>(program: URL, environment: Readonly<Record<string, string>>): Promise<T> {
  const child = fork(program, {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    execArgv: ['--expose-gc', '--max-old-space-size=4096', '--import', 'tsx'],
    env: { ...process.env, ...environment },
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (part) => {
    text += part;
  });
  return new Promise((resolve, reject) =>
    child.once('close', (code) => {
      process.off('exit', kill);
      if (code === 0) resolve(JSON.parse(text) as T);
      else reject(new Error(`${program.pathname} ended with ${code}`));
    }),
  );
}

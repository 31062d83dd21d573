import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolder } from './folder.ts';

/** Stands in for a server; what matters here is only whether it runs. */
const SERVER = ['sleep', '600'] as const;

const POLL_INTERVAL_MS = 20;

const ends: readonly [says: string, script: string, signal: NodeJS.Signals | null][] = [
  ['exits', 'process.exit(0)', null],
  ['throws', 'throw new Error("as planned")', null],
  ['comes to its end', '', null],
  ['is interrupted', 'setInterval(() => {}, 1000)', 'SIGINT'],
  ['is asked to end', 'setInterval(() => {}, 1000)', 'SIGTERM'],
  ['is killed', 'setInterval(() => {}, 1000)', 'SIGKILL'],
];

describe('what a test process started', { skip: process.platform !== 'linux' && 'reads /proc' }, () => {
  for (const [says, script, signal] of ends) {
    it(`is gone when that process ${says}`, async () => {
      const { pid, folder } = await startAndExit(script, signal);
      while (isRunning(pid)) await sleep(POLL_INTERVAL_MS); // the runner's time-out is the judge
      if (signal === 'SIGKILL') makeFolder().destroy(); // whoever comes next sweeps up
      assert.equal(existsSync(folder), false);
    });
  }

  it('is left alone by others while that process lives', async () => {
    const mine = makeFolder();
    const { folder } = await startAndExit('', null);
    assert.notEqual(folder, mine.path);
    assert.equal(existsSync(mine.path), true);
    mine.destroy();
    assert.equal(existsSync(mine.path), false);
  });
});

type Started = { readonly pid: number; readonly folder: string };

/** In a process of its own: makes a folder, starts a server for it, and runs `script`. */
function startAndExit(script: string, signal: NodeJS.Signals | null): Promise<Started> {
  const here = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
  const program = `
    import { startServerProcess } from ${here('./server-process.ts')};
    import { makeFolder } from ${here('./folder.ts')};
    import { destroyOnExit } from ${here('./cleanup.ts')};
    const folder = makeFolder();
    destroyOnExit(folder);
    const { pid } = startServerProcess(folder, 'server', '${SERVER[0]}', ['${SERVER[1]}']);
    process.stdout.write(JSON.stringify({ pid, folder: folder.path }) + '\\n');
    ${script}
  `;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return new Promise((resolve, reject) => {
    let text = '';
    child.on('error', reject);
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      if (signal !== null && text.endsWith('\n')) child.kill(signal);
    });
    child.on('close', () => {
      if (text === '') reject(new Error('it ended before its server was started'));
      else resolve(JSON.parse(text));
    });
  });
}

/** A process that ended but was not waited for yet does not run any more. */
function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Memory and CPU time of processes. */
import { readFileSync } from 'node:fs';

const MEBI = 1024;

/** `sysconf(_SC_CLK_TCK)` on Linux. */
const TICKS_PER_SECOND = 100;

/** Resident memory in MB of 2^20 bytes; `peak` is its maximum so far. */
export function residentMemory(pid: number): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN);
  return { now: kilobytes('VmRSS') / MEBI, peak: kilobytes('VmHWM') / MEBI };
}

/** Memory that no other process shares, in MB of 2^20 bytes. */
export function privateMemory(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const parts = [...text.matchAll(/^Private_\w+:\s+(\d+) kB/gm)].map(([, kilobytes]) => Number(kilobytes));
  return parts.reduce((sum, part) => sum + part, 0) / MEBI;
}

/** User and system time so far, in seconds. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may contain spaces; the fields after it count from the third.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** CPU time of this process in milliseconds, which other processes of the machine do not change. */
export const cpuMillis = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/**
 * CPU time of the main thread in milliseconds, on Linux. Unlike `cpuMillis` it does not contain what the garbage collector
 * does beside it, in threads of its own.
 */
export const mainThreadMillis = (): number =>
  Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;

/** Needs `--expose-gc`; without it nothing happens. */
export const collectGarbage = (): void => (globalThis as { gc?: () => void }).gc?.();

/** Bytes of heap and array buffers of this process. */
export function heapBytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

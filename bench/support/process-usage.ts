/** What the kernel says about a process. */
import { readFileSync } from 'node:fs';

const MEBI = 1024;

/** `sysconf(_SC_CLK_TCK)` on every Linux there is. */
const TICKS_PER_SECOND = 100;

/** Resident memory in MB of 2^20 bytes; `peak` is the most it ever was. */
export function residentMemory(pid: number): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN);
  return { now: kilobytes('VmRSS') / MEBI, peak: kilobytes('VmHWM') / MEBI };
}

/** User and system time so far, in seconds. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may hold blanks; fields are counted after it, from the third.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Of this process, in milliseconds: others on the machine do not count. */
export const cpuMillis = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

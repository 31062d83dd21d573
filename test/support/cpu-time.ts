/** CPU time of this process, which other programs of the machine change little. */

/** In milliseconds: the least of three runs. */
export function cpuOf(run: () => void): number {
  const times = Array.from({ length: 3 }, () => {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

// @ts-check
import { requirePackages } from './parts/packages.mjs';
import { binary, capture, say, seconds } from './run.mjs';

/** `npm run check`: what can be said without running the program, in seconds. */

/** @returns {readonly { says: string, args: readonly string[] }[]} */
const checks = () => [
  { says: 'types', args: [binary('typescript', 'tsc'), '-p', '.'] },
  { says: 'types of the dashboard', args: [binary('typescript', 'tsc'), '-p', 'web', '--noEmit'] },
  { says: 'format and lint', args: [binary('@biomejs/biome', 'biome'), 'check'] },
  { says: 'architecture', args: ['--import', 'tsx', 'test/architecture.test.ts'] },
];

/** @param {{ says: string, args: readonly string[] }} check */
async function perform({ says, args }) {
  const started = performance.now();
  const { code, output } = await capture(process.execPath, args, { doing: `checking ${says}` });
  say(`${code === 0 ? 'ok' : 'FAILED'}  ${says}, ${seconds(started)}`);
  if (code !== 0) say(output.trimEnd());
  return code === 0;
}

await requirePackages();
const outcomes = await Promise.all(checks().map(perform));
process.exitCode = outcomes.every(Boolean) ? 0 : 1;

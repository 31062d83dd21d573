// @ts-check
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readArguments } from './arguments.mjs';
import { packageVersion } from './image/root.mjs';
import { provideClients } from './parts/clients.mjs';
import { requirePackages } from './parts/packages.mjs';
import { provideTools } from './parts/tools.mjs';
import { root } from './place.mjs';
import { CHECKSUMS, writeRelease } from './release/folder.mjs';
import { UNPUBLISHED } from './release/manifests.mjs';
import { changelogProblem } from './release/notes.mjs';
import { capture, say, seconds } from './run.mjs';

const USAGE = `Usage: npm run release [-- --image REPOSITORY] [--output FOLDER]

Makes a folder with everything that a release consists of.`;

const { values } = readArguments(USAGE, {
  options: {
    image: { type: 'string', default: UNPUBLISHED },
    output: { type: 'string', default: `artifacts/release-${packageVersion()}` },
  },
});

/** A release is made anew in its folder; whatever else is there stays. @param {string} folder */
const holdsSomethingElse = (folder) =>
  existsSync(folder) && readdirSync(folder).length > 0 && !existsSync(join(folder, CHECKSUMS));

await main();

async function main() {
  const problem = changelogProblem(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), packageVersion());
  if (problem !== null) {
    say(`No release is made: ${problem}.`);
    process.exitCode = 1;
    return;
  }
  await requirePackages();
  const absent = (await provideTools()) ?? (await provideClients(false));
  if (absent !== null) {
    say(`A release needs kubectl and helm, and cannot be made: ${absent}.`);
    process.exitCode = 1;
    return;
  }
  const folder = resolve(root, values.output);
  if (holdsSomethingElse(folder)) {
    say(`${folder} is not empty and holds no release: give --output the name of another folder.`);
    process.exitCode = 2;
    return;
  }
  const started = performance.now();
  const names = await writeRelease(folder, { repository: values.image, architectures: ['amd64', 'arm64'] });
  say(`Wrote ${values.output} in ${seconds(started)}:\n${names.map((name) => `  ${name}`).join('\n')}`);
  if (values.image === UNPUBLISHED)
    say(
      `The manifests name ${UNPUBLISHED}, which no registry has: give --image REPOSITORY for a release that others install.`,
    );
  const { stdout } = await capture('git', ['status', '--porcelain'], { cwd: root });
  if (stdout !== '') say('Files differ from the last commit, so the image does not name one.');
}

// @ts-check
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';
import { provideBrowser } from './parts/browser.mjs';
import { provideClients } from './parts/clients.mjs';
import { provideContainers } from './parts/containers.mjs';
import { provideEngines } from './parts/engines.mjs';
import { provideNetwork } from './parts/network.mjs';
import { providePackages } from './parts/packages.mjs';
import { providePrometheus } from './parts/prometheus.mjs';
import { provideSystem } from './parts/system.mjs';
import { provideTools } from './parts/tools.mjs';
import { strict } from './place.mjs';
import { say } from './run.mjs';

/**
 * Provides what the tests need: npm packages, packages of the operating system, the real Kubernetes binaries, and
 * the routing daemons and tools of networks of namespaces.
 * Quick when all is there. Without npm packages nothing works; what else is missing only takes tests away, unless
 * CI=true.
 * @param {boolean} [full] also what `npm run test:full` alone needs
 * @returns {Promise<boolean>} whether to go on
 */
export async function setUp(full = false) {
  const packages = await providePackages();
  if (packages) {
    say(packages);
    return false;
  }
  const missing = [await provideSystem(), await provideTools(), await provideClients(full)].filter(
    (reason) => reason !== null,
  );
  for (const reason of missing) {
    say(strict ? `Missing: ${reason}` : `Tests on a real API server will be skipped: ${reason}.`);
  }
  const network = await provideNetwork();
  if (network !== null)
    say(strict ? `Missing: ${network}` : `Tests in networks of namespaces will be skipped: ${network}.`);
  const containers = network ?? (await provideContainers());
  if (network === null && containers !== null)
    say(strict ? `Missing: ${containers}` : `Tests with real kubelets will be skipped: ${containers}.`);
  const engines = full ? (containers ?? (await provideEngines())) : null;
  if (containers === null && engines !== null)
    say(strict ? `Missing: ${engines}` : `Tests with container engines will be skipped: ${engines}.`);
  const browser = await provideBrowser();
  if (browser !== null)
    say(strict ? `Missing: ${browser}` : `Tests in a browser will be skipped: ${browser}.`);
  const prometheus = await providePrometheus();
  if (prometheus !== null)
    say(strict ? `Missing: ${prometheus}` : `Tests of alerts and dashboards will be skipped: ${prometheus}.`);
  return [...missing, containers, engines, browser, prometheus].every((reason) => reason === null) || !strict;
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) process.exitCode = (await setUp()) ? 0 : 1;

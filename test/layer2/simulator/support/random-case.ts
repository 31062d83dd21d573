/** Random cases in the format of the observed ones: a history of a cluster, with what is right after each step. */
import { fieldsOf, type Raw, textsOf } from '../../../../src/base/json.ts';
import type { Random } from '../../../support/random.ts';
import { type DescribedCluster, objectsOf, SYSTEM_NAMESPACE } from './described-cluster.ts';
import { expectedServices, type SpeakerSettings } from './expected-services.ts';
import { CLASS, randomCluster, randomEdit } from './random-history.ts';

const EDITS_OF_A_HISTORY = 8;

export function randomCase(random: Random): Raw & { readonly rules: readonly Raw[] } {
  const settings: SpeakerSettings = {
    ...{ lbClass: random.chance(0.1) ? CLASS : null, ignoreExcludeLabel: random.chance(0.2) },
  };
  let cluster = randomCluster(random);
  let inForce = cluster.advertisements;
  const start = { objects: objectsOf(cluster), speakers: [...cluster.running] };
  const first = expectedServices(cluster, inForce, settings);
  const rules: Raw[] = [{ services: first }];
  const steps: Raw[] = [];
  let sharing = sharingOf(cluster);
  let joined = servedTogether(first);
  for (let count = 0; count < EDITS_OF_A_HISTORY; count++) {
    const edit = randomEdit(cluster, random);
    if (edit === null) continue;
    cluster = edit.after;
    // An invalid one keeps them all as they were last good.
    const own = cluster.advertisements.filter(({ namespace }) => namespace === SYSTEM_NAMESPACE);
    if (!own.some(({ isInvalid }) => isInvalid)) inForce = cluster.advertisements;
    // A process that starts has no last good ones, and no case says what is right beside one that has.
    else if ('start' in edit.action) break;
    const services = expectedServices(cluster, inForce, settings);
    // Services of two nodes that share now have to come together. Of nodes that each serve a part, no case says which is preferred.
    const isLoose = Object.values(services)
      .map(fieldsOf)
      .some((one) => one['apart'] === true || one['held'] === true);
    // One that can be served from now on may hold two together that were apart.
    const together = servedTogether(services);
    const isJoined = [...together].some((pair) => !joined.has(pair));
    const moves = isLoose || isJoined || sharingOf(cluster) !== sharing;
    sharing = sharingOf(cluster);
    joined = together;
    steps.push({ says: JSON.stringify(edit.action), do: [edit.action], moves });
    rules.push({ services });
  }
  const args = [
    ...(settings.lbClass === null ? [] : [`--lb-class=${settings.lbClass}`]),
    ...(settings.ignoreExcludeLabel ? ['--ignore-exclude-lb'] : []),
  ];
  // The record of a speaker that died stays until another node answers.
  const loose = steps.some(({ says }) => /"(kill|stop|linkDown)"/.test(String(says))) ? ['status'] : [];
  return { ...start, args, steps, rules, loose };
}

/** Pairs of Services that are served, and share an address, by others or by themselves. */
const servedTogether = (services: Raw): ReadonlySet<string> =>
  new Set(
    Object.entries(services).flatMap(([key, rule]) =>
      textsOf(fieldsOf(rule)['shares']).map((other) => `${key} ${other}`),
    ),
  );

/** Which Services have an address in common. */
const sharingOf = ({ services }: DescribedCluster): string =>
  JSON.stringify(
    services.map(({ ingress }) => services.map((other) => other.ingress.some((ip) => ingress.includes(ip)))),
  );

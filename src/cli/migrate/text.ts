/** A migration for people: obstacles, Services that would change, steps and commands. */
import { plural } from '../../base/text.ts';
import type { TextFormat } from '../../observe/terminal.ts';
import { headedLines, joinSections, proseLines, titleLines } from '../framework/lines.ts';
import type { FeaturesRead } from './apply-steps.ts';
import type { MigrationObstacle } from './migration.ts';
import type { RefusedCopy } from './rollback.ts';
import type { MigrationStep } from './step.ts';
import type { ServiceAddressChange, Takeover } from './takeover.ts';

/** Services that are listed one by one; the rest is a number. */
const LISTED_SERVICES_MAX = 20;

export const obstacleLines = (
  obstacles: readonly MigrationObstacle[],
  format: TextFormat,
): readonly string[] =>
  joinSections([
    obstacleSection('Before Berth can take over', 'swap', obstacles, format),
    obstacleSection('Before MetalLB can be removed', 'removal', obstacles, format),
  ]);

function obstacleSection(
  title: string,
  of: MigrationObstacle['of'],
  obstacles: readonly MigrationObstacle[],
  format: TextFormat,
): readonly string[] {
  const matching = obstacles.filter((one) => one.of === of);
  return [
    ...titleLines(title, format),
    ...(matching.length === 0 ? ['  nothing is in the way'] : []),
    ...matching.flatMap(({ object, says }) => [
      ...objectLines(object, format),
      ...proseLines(says, format, { first: 6 }),
    ]),
  ];
}

const objectLines = (object: string, format: TextFormat): readonly string[] =>
  headedLines(object, '', format, { first: 2, style: (head) => format.paint('yellow', head) });

export const stepLines = (steps: readonly MigrationStep[], format: TextFormat): readonly string[] => [
  ...titleLines('Steps of --yes, in this order', format),
  ...(steps.length === 0 ? ['  none'] : []),
  ...steps.flatMap((step, index) => [
    ...proseLines(describeStep(step), format, { first: 2, lead: `${index + 1}. `, rest: 5 }),
    ...(step.shows ?? []).flatMap((line) => proseLines(line, format, { first: 7 })),
  ]),
];

/** Saved copies that are not restored, and what to do about them; none where all are. */
export function refusedLines(
  refused: readonly RefusedCopy[],
  saved: string,
  format: TextFormat,
): readonly string[] {
  if (refused.length === 0) return [];
  const advice = `MetalLB does not install these. Find out who wrote them into ${saved}: it is kept. Restore by hand what is yours, then delete it.`;
  return [
    format.paint('red', 'Not restored'),
    ...refused.flatMap(({ object, says }) => [
      ...objectLines(object, format),
      ...says.flatMap((line) => proseLines(line, format, { first: 6 })),
    ]),
    ...proseLines(advice, format, { first: 2 }),
  ];
}

export const describeStep = ({ object, does }: MigrationStep): string => `${object}: ${does}`;

export function takeoverLines({ keep, wait, get, change }: Takeover, format: TextFormat): readonly string[] {
  const { paint } = format;
  const [verdict, rest, style] =
    change.length === 0
      ? ([
          'none would change',
          `: ${plural(keep, 'Service')} with an address, ${wait} without`,
          'green',
        ] as const)
      : ([
          `${plural(change.length, 'Service')} would change`,
          `, ${keep} would keep their address`,
          'red',
        ] as const);
  return [
    ...titleLines('Services, once Berth takes over', format),
    ...headedLines(verdict, rest, format, { first: 2, style: (head) => paint(style, head) }),
    ...changeLines(change, format),
    ...(get.length === 0 ? [] : [`  ${plural(get.length, 'Service')} would get an address`]),
    ...changeLines(get, format),
  ];
}

/** Features in use that Berth's speakers lack; objects that use one are listed below it. */
export function unsupportedLines({ uses, unread }: FeaturesRead, format: TextFormat): readonly string[] {
  const { paint } = format;
  const features = [...new Set(uses.map(({ feature, object }) => `${feature}, ${object.split(' ')[0]}`))];
  return [
    ...titleLines("If Berth's speakers replace those of MetalLB", format),
    ...(uses.length === 0 && unread.length === 0 ? ['  nothing in use is missing'] : []),
    ...features.flatMap((title) => {
      const matching = uses.filter(({ feature, object }) => `${feature}, ${object.split(' ')[0]}` === title);
      const [first] = matching;
      if (first === undefined) return [];
      const objects = matching.map(({ object, field }) => (field === '' ? object : `${object}, ${field}`));
      const more = objects.length - LISTED_SERVICES_MAX;
      return [
        `  ${paint('yellow', first.feature)}`,
        ...objects
          .slice(0, LISTED_SERVICES_MAX)
          .flatMap((one) => proseLines(one, format, { first: 4, rest: 6 })),
        ...(more > 0 ? [`    and ${more} more: -o json lists them`] : []),
        ...proseLines(`${first.says} ${first.instead}`, format, { first: 6 }),
      ];
    }),
    ...unread.flatMap((one) => proseLines(`not checked: ${one}`, format, { first: 2, rest: 4 })),
  ];
}

function changeLines(all: readonly ServiceAddressChange[], format: TextFormat): readonly string[] {
  const list = (addresses: readonly string[]): string => addresses.join(' and ') || 'none';
  const more = all.length - LISTED_SERVICES_MAX;
  return [
    ...all.slice(0, LISTED_SERVICES_MAX).flatMap(({ service, before, after, says }) => [
      ...proseLines(`${list(before)} -> ${list(after)}`, format, {
        first: 4,
        lead: `${service}  `,
        rest: 8,
      }),
      ...(after.length === 0 ? proseLines(says, format, { first: 8 }) : []),
    ]),
    ...(more > 0 ? [`    and ${more} more: -o json lists them`] : []),
  ];
}

export const commandsSection = (
  title: string,
  commands: readonly string[],
  format: TextFormat,
): readonly string[] => [...titleLines(title, format), ...commands.map((command) => `  ${command}`)];

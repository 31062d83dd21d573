/** What a migration finds and does, for people. */
import { plural, wrap } from '../../base/text.ts';
import type { Colorize } from '../framework/color.ts';
import { COLUMNS_MAX } from '../framework/command.ts';
import type { MigrationObstacle } from './migration.ts';
import type { MigrationStep } from './step.ts';
import type { ServiceAddressChange, Takeover } from './takeover.ts';

/** Services that are named one by one; the rest is a number. */
const LISTED_SERVICES_MAX = 20;

export const indented = (text: string, indent: number): string =>
  wrap(text, COLUMNS_MAX - indent)
    .map((line) => `${' '.repeat(indent)}${line}\n`)
    .join('');

export function printObstacles(obstacles: readonly MigrationObstacle[], paint: Colorize): string {
  const section = (title: string, of: MigrationObstacle['of']): string => {
    const matching = obstacles.filter((one) => one.of === of);
    const body = matching
      .map(({ object, says }) => `  ${paint('yellow', object)}\n${indented(says, 6)}`)
      .join('');
    return `${paint('bold', title)}\n${body === '' ? '  nothing\n' : body}`;
  };
  return `${section("In the way of Berth's taking over", 'swap')}\n${section("In the way of MetalLB's removal", 'removal')}`;
}

export function printSteps(steps: readonly MigrationStep[], paint: Colorize): string {
  const title = paint('bold', 'What --yes does, in this order');
  if (steps.length === 0) return `${title}\n  nothing\n`;
  return `${title}\n${steps.map((step, index) => indented(`${index + 1}. ${describeStep(step)}`, 2)).join('')}`;
}

export const describeStep = ({ object, does }: MigrationStep): string => `${object}: ${does}`;

export function printTakeover({ keep, wait, get, change }: Takeover, paint: Colorize): string {
  const title = paint('bold', 'Services, once Berth serves');
  const isUnchanged = change.length === 0;
  const summary = isUnchanged
    ? `  ${paint('green', 'none would change')}: ${plural(keep, 'Service')} with an address, ${wait} without\n`
    : `  ${paint('red', `${plural(change.length, 'Service')} would change`)}, ${keep} would keep what they have\n`;
  return `${title}\n${summary}${listChanges(change)}${get.length === 0 ? '' : `  ${plural(get.length, 'Service')} would get an address\n${listChanges(get)}`}`;
}

function listChanges(all: readonly ServiceAddressChange[]): string {
  const lines = all.slice(0, LISTED_SERVICES_MAX).map(({ service, before, after, says }) => {
    const list = (addresses: readonly string[]): string => addresses.join(' and ') || 'none';
    return `    ${service}  ${list(before)} -> ${list(after)}\n${after.length === 0 ? indented(says, 8) : ''}`;
  });
  return `${lines.join('')}${all.length > LISTED_SERVICES_MAX ? `    and ${all.length - LISTED_SERVICES_MAX} more\n` : ''}`;
}

export const printCommands = (title: string, commands: readonly string[], paint: Colorize): string =>
  `${paint('bold', title)}\n${commands.map((command) => `  ${command}\n`).join('')}`;

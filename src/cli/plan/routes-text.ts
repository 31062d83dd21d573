/** The routes that an edit changes, for people: a section a router. */
import { plural } from '../../base/text.ts';
import type { RouterRouteChange } from '../../calico/report/route-changes.ts';
import type { TextFormat } from '../../observe/terminal.ts';
import { joinSections, titleLines } from '../framework/lines.ts';

/** Routes that are listed of each router; all of them are in -o json. */
const ROUTES_SHOWN_MAX = 60;
/** Services that are named beside a route. */
const SERVICES_SHOWN_MAX = 3;

/** Empty for no changes. */
export function routeChangeLines(
  changes: readonly RouterRouteChange[],
  format: TextFormat,
): readonly string[] {
  const routers = [...new Set(changes.map(({ router }) => router))];
  return joinSections(
    routers.map((router) => {
      const routerChanges = changes.filter((one) => one.router === router);
      const shown = routerChanges.slice(0, ROUTES_SHOWN_MAX);
      const more = routerChanges.length - shown.length;
      return [
        ...titleLines(`Router ${router}`, format),
        ...shown.map((one) => routeChangeLine(one, format)),
        ...(more > 0 ? [`  and ${plural(more, 'more route')}: -o json lists them`] : []),
      ];
    }),
  );
}

function routeChangeLine(
  { prefix, before, after, otherwise, services }: RouterRouteChange,
  { paint }: TextFormat,
): string {
  const removedNodes = before.filter((node) => !after.includes(node));
  const addedNodes = after.filter((node) => !before.includes(node));
  const changes = [
    ...(after.length === 0 ? [paint('red', 'is no longer learned')] : []),
    ...(before.length === 0 ? [paint('green', `is learned from ${after.join(' ')}`)] : []),
    ...(after.length > 0 && removedNodes.length > 0
      ? [paint('yellow', `no longer from ${removedNodes.join(' ')}`)]
      : []),
    ...(before.length > 0 && addedNodes.length > 0
      ? [paint('green', `also from ${addedNodes.join(' ')}`)]
      : []),
    ...otherwise,
  ].join(', ');
  const names = services.slice(0, SERVICES_SHOWN_MAX).join(', ');
  const more = services.length > SERVICES_SHOWN_MAX ? ' ...' : '';
  return `  ${prefix} ${changes}${services.length === 0 ? '' : ` (${names}${more})`}`;
}

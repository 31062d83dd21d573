/** Finds names in `spec.interfaces` of L2Advertisements that no node has: a typing error, or an interface that is down everywhere. */
import { compareText, listSome } from '../../base/text.ts';
import { quoteText } from '../../config/issue.ts';
import type { ServiceKey } from '../../objects/service.ts';
import type { Layer2State } from '../election/layer2-state.ts';
import type { PublishedInterface } from '../membership/speaker-presence.ts';

/** Interfaces that are named in one sentence. */
const NAMED_MAX = 8;

/** One sentence for each such name, without a full stop. None before a speaker has published its interfaces. */
export function interfaceHints(
  { byService }: Layer2State,
  interfaces: ReadonlyMap<string, readonly PublishedInterface[]>,
  key: ServiceKey,
): readonly string[] {
  const known = new Set([...interfaces.values()].flatMap((list) => list.map(({ name }) => name)));
  const wanted = byService.get(key)?.group.find(({ service }) => service.key === key);
  if (known.size === 0) return [];
  return (wanted?.advertisements ?? []).flatMap((advertisement) =>
    advertisement.interfaces
      .filter((name) => !known.has(name))
      .map(
        (name) =>
          `the L2Advertisement ${quoteText(advertisement.name)} names the interface ${quoteText(name)} in spec.interfaces, and no node has one that can answer. Correct the name, or see why the interface is down or excluded. The nodes have ${namesText(known)}`,
      ),
  );
}

const namesText = (names: ReadonlySet<string>): string => listSome([...names].sort(compareText), NAMED_MAX);

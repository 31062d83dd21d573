/**
 * Says a cause once. What a command reads of a cluster fails kind by kind, mostly for one cause: a server that is down, a token that
 * expired. Sentences such as `pods cannot be listed: CAUSE` that share their cause become one.
 */
import { listSome } from './text.ts';

const UNREAD = /^((?:.*? is not known: )?)(.+?)((?: in the namespace \S+)?) cannot be (read|listed): (.*)$/s;
/** What follows a cause in some sentences, and not in others. */
const ADVICE = /; (check --\S+ and --\S+|your credentials are not valid, or have expired)$/;

type Group = {
  readonly lead: string;
  readonly cause: string;
  readonly names: Set<string>;
  readonly places: Set<string>;
  readonly verbs: Set<string>;
  readonly advice: Set<string>;
};

/** The sentences in their order, each once; those that share a cause at the place of the first. */
export function joinCauses(sentences: readonly string[]): readonly string[] {
  const groups = new Map<string, Group | string>();
  for (const sentence of sentences) {
    const match = UNREAD.exec(sentence);
    if (match === null) {
      groups.set(sentence, sentence);
      continue;
    }
    const [, lead = '', name = '', place = '', verb = '', rest = ''] = match;
    const cause = rest.replace(ADVICE, '');
    const key = JSON.stringify([lead, cause]);
    const known = groups.get(key);
    const group =
      typeof known === 'object'
        ? known
        : {
            ...{ lead, cause, names: new Set<string>(), places: new Set<string>() },
            ...{ verbs: new Set<string>(), advice: new Set<string>() },
          };
    group.names.add(name);
    group.places.add(place);
    group.verbs.add(verb);
    const advice = ADVICE.exec(rest)?.[1];
    if (advice !== undefined) group.advice.add(advice);
    groups.set(key, group);
  }
  return [...groups.values()].map((one) => (typeof one === 'string' ? one : formatGroup(one)));
}

function formatGroup({ lead, cause, names, places, verbs, advice }: Group): string {
  const [place = ''] = places.size === 1 ? places : [];
  const [verb = ''] = verbs.size === 1 ? verbs : ['read'];
  return `${lead}${listSome([...names])}${place} cannot be ${verb}: ${[cause, ...advice].join('; ')}`;
}

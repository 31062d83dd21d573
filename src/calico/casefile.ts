/** A case file: a cluster, its routers, and what is done to it, as the observed cases are written. */
import { fieldsOf, listOf, numberOf, type Raw, textOf, textsOf } from '../cluster/fields.ts';
import { parseAddress } from '../net/address.ts';
import type { Observed } from './prediction.ts';
import { Replay, type Step } from './replay.ts';
import { ROUTER_DEFAULTS, type Router } from './routers.ts';
import { parseVersion } from './version.ts';

export type CasePrediction = {
  readonly observed: Observed;
  readonly then: readonly { readonly observed: Observed }[];
};

const FIRST_ROUTER_AS = 65_116;

/** What a file says, and what follows from it. `hashed` is how calico-node makes a router ID of a name. */
export function predictCase(file: Raw, hashed: (name: string) => number): CasePrediction {
  const environment = fieldsOf(file['confdEnv']);
  const ofNode = (node: string): Raw => ({ ...fieldsOf(environment['all']), ...fieldsOf(environment[node]) });
  const version = textOf(file['calicoVersion']);
  const replay = new Replay(listOf(file['objects']).map(fieldsOf), {
    routers: routersOf(file),
    off: textsOf(file['off']),
    routerId: (node) => textOf(ofNode(node)['CALICO_ROUTER_ID']),
    hashed,
    recovers: fieldsOf(file['bird'])['recovery'] === true,
    ...(version === '' ? {} : { version: parseVersion(version) }),
    ...(textOf(ofNode('')['NAMESPACE']) === '' ? {} : { namespace: textOf(ofNode('')['NAMESPACE']) }),
  });
  const observed = replay.observed();
  const then = listOf(file['then']).map((one) => {
    replay.step(readStep(fieldsOf(one)));
    return { observed: replay.observed() };
  });
  return { observed, then };
}

function readStep(step: Raw): Step {
  const objects = (value: unknown): readonly Raw[] => listOf(value).map(fieldsOf);
  return {
    apply: objects(step['apply']),
    remove: objects(step['remove']),
    restartBird: [...namesOf(step['restartBird']), ...namesOf(step['killBird'])],
    stopNode: namesOf(step['stopNode']),
    seconds: numberOf(fieldsOf(step['timing'])['least']) ?? 0,
  };
}

const namesOf = (value: unknown): readonly string[] => (typeof value === 'string' ? [value] : textsOf(value));

/** One router where the file names none. Each stands at 10.10.0.1, 10.10.0.2 and so on. */
function routersOf(file: Raw): readonly Router[] {
  const named = listOf(file['routers']);
  return (named.length === 0 ? [{}] : named).map((one, index) => readRouter(fieldsOf(one), index));
}

function readRouter(router: Raw, index: number): Router {
  const [four, six] = [parseAddress(`10.10.0.${index + 1}`), parseAddress(`fd10:10::${index + 1}`)];
  if (!four.ok || !six.ok) throw new RangeError('more routers than there are addresses for');
  return {
    ...ROUTER_DEFAULTS,
    name: `10.10.0.${index + 1}`,
    addresses: { 4: four.value, 6: six.value },
    as: numberOf(router['as']) ?? FIRST_ROUTER_AS + index,
    password: textOf(router['password']) || null,
    addPaths: router['addPaths'] === true,
    nodeAS: numberOf(router['nodeAS']),
    ttlSecurity: router['ttlSecurity'] === true,
    listenPort: numberOf(router['listenPort']) ?? ROUTER_DEFAULTS.listenPort,
    passive: router['passive'] === true,
    exports: router['exports'] !== 'none',
    down: router['down'] === true,
  };
}

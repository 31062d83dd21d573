/** Reads case files: a cluster, its routers and the steps that change it, in the form of the observed cases. */
import { fieldsOf, listOf, numberOf, type Raw, textOf, textsOf } from '../../base/json.ts';
import { parseAddress } from '../../net/address.ts';
import { ClusterTimeline, type TimelineStep } from '../cluster/cluster-timeline.ts';
import { EXTERNAL_ROUTER_DEFAULTS, type ExternalRouter } from '../cluster/external-router.ts';
import { CLUSTER_IPS_VARIABLE } from '../confd/range-lists.ts';
import { type ClusterObject, decodeClusterObjects } from '../objects/cluster-object.ts';
import { parseVersion } from '../objects/version.ts';
import { type CalicoObservation, observeTimeline } from './observation.ts';

export type CasePrediction = {
  readonly observed: CalicoObservation;
  readonly then: readonly { readonly observed: CalicoObservation }[];
};

const FIRST_ROUTER_AS = 65_116;

/** Predicts the observations of a case file. `hashRouterId` is how calico-node derives a router ID from a name. */
export function predictCalicoCase(file: Raw, hashRouterId: (name: string) => number): CasePrediction {
  const environment = fieldsOf(file['confdEnv']);
  const environmentOf = (node: string): Raw => ({
    ...fieldsOf(environment['all']),
    ...fieldsOf(environment[node]),
  });
  const version = textOf(file['calicoVersion']);
  const timeline = new ClusterTimeline(decodeObjects(file['objects']), {
    routers: readRouters(file),
    poweredOff: textsOf(file['off']),
    routerId: (node) => textOf(environmentOf(node)['CALICO_ROUTER_ID']),
    hashRouterId,
    clusterIPs: (node) => textOf(environmentOf(node)[CLUSTER_IPS_VARIABLE]),
    waitsForPeers: fieldsOf(file['bird'])['recovery'] === true,
    seconds: secondsOf(file),
    ...(version === '' ? {} : { version: parseVersion(version) }),
    ...(textOf(environmentOf('')['NAMESPACE']) === ''
      ? {}
      : { namespace: textOf(environmentOf('')['NAMESPACE']) }),
  });
  const observed = observeTimeline(timeline);
  const then = listOf(file['then']).map((step) => {
    timeline.applyStep(readStep(fieldsOf(step)));
    return { observed: observeTimeline(timeline) };
  });
  return { observed, then };
}

function readStep(step: Raw): TimelineStep {
  return {
    apply: decodeObjects(step['apply']),
    remove: decodeObjects(step['remove']),
    restartBird: namesOf(step['restartBird']),
    killBird: namesOf(step['killBird']),
    stopNode: namesOf(step['stopNode']),
    seconds: secondsOf(step),
  };
}

/** How long was waited before the observation, at least. */
const secondsOf = (step: Raw): number => numberOf(fieldsOf(step['timing'])['least']) ?? 0;

const decodeObjects = (value: unknown): readonly ClusterObject[] =>
  decodeClusterObjects(listOf(value).map(fieldsOf));

const namesOf = (value: unknown): readonly string[] => (typeof value === 'string' ? [value] : textsOf(value));

/** The routers, by default one. Their addresses are 10.10.0.1, 10.10.0.2 and so on. */
function readRouters(file: Raw): readonly ExternalRouter[] {
  const named = listOf(file['routers']);
  return (named.length === 0 ? [{}] : named).map((one, index) => readRouter(fieldsOf(one), index));
}

function readRouter(router: Raw, index: number): ExternalRouter {
  const [ipv4, ipv6] = [parseAddress(`10.10.0.${index + 1}`), parseAddress(`fd10:10::${index + 1}`)];
  if (!ipv4.ok || !ipv6.ok) throw new RangeError('more routers than there are addresses for');
  return {
    ...EXTERNAL_ROUTER_DEFAULTS,
    name: `10.10.0.${index + 1}`,
    addresses: { 4: ipv4.value, 6: ipv6.value },
    as: numberOf(router['as']) ?? FIRST_ROUTER_AS + index,
    password: textOf(router['password']) || null,
    addPaths: router['addPaths'] === true,
    nodeAS: numberOf(router['nodeAS']),
    ttlSecurity: router['ttlSecurity'] === true,
    listenPort: numberOf(router['listenPort']) ?? EXTERNAL_ROUTER_DEFAULTS.listenPort,
    passive: router['passive'] === true,
    readvertises: router['exports'] !== 'none',
    isDown: router['down'] === true,
    holdSeconds: numberOf(router['hold']) ?? EXTERNAL_ROUTER_DEFAULTS.holdSeconds,
    keepsStaleRoutes: router['gracefulRestart'] !== false,
  };
}

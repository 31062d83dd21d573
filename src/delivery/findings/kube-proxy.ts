/**
 * S13: kube-proxy answers ARP for every address, from its ConfigMap or from the flags that it runs with. Distributions run it in several
 * ways, and some in a program of their own: where nothing shows how, that is said.
 */

import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import {
  KUBE_PROXY,
  kubeProxyHint,
  kubeProxyHints,
  readKubeProxy,
  strictArpPatch,
} from '../../config/kube-proxy.ts';
import { undecidedCheck } from '../../findings/finding.ts';
import { nameOf, namespaceOf, specOf } from '../../objects/metadata.ts';
import { commandLineOf, containersOf, repositoryOf } from '../../objects/metallb-program.ts';
import { objectsOfKind } from '../../objects/resource-kind.ts';
import type { SpeakerCheck, SpeakerCheckResult, UndecidedSpeakerCheck } from './check.ts';
import { type AnnouncementSnapshot, patchOfRaw, refOfRaw } from './snapshot.ts';

const PROBLEM =
  'Every node answers ARP for every address: kube-proxy is in IPVS mode without strictARP. Clients then reach an arbitrary node.';

function byConfigMap(raw: Raw): readonly SpeakerCheckResult[] {
  const settings = readKubeProxy(raw);
  const patch = strictArpPatch(raw);
  if (settings === null || patch === null || kubeProxyHint(settings) === null) return [];
  const [key = ''] = Object.keys(fieldsOf(patch['data']));
  return [
    {
      severity: 'warning',
      object: refOfRaw(raw),
      field: `data["${key}"]`,
      problem: PROBLEM,
      remedy: `Set ipvs.strictARP to true, and restart kube-proxy: kubectl rollout restart daemonset ${KUBE_PROXY.name} -n ${namespaceOf(raw)}`,
      edits: [patchOfRaw(raw, patch)],
    },
  ];
}

const isKubeProxy = (container: Raw): boolean =>
  /(^|[/-])kube-proxy(-[a-z0-9]+)?$/.test(repositoryOf(textOf(container['image']))) ||
  commandLineOf(container).some((word) => /(^|\/)kube-proxy$/.test(word));

/** A kube-proxy with `--config` takes no other flags. */
const isRunByFlags = (container: Raw): boolean =>
  isKubeProxy(container) && !commandLineOf(container).some((word) => /^--config(=|$)/.test(word));

const answersByFlags = (words: readonly string[]): boolean =>
  words.some((word, index) => word === '--proxy-mode=ipvs' || isPair(words, index)) &&
  !words.some((word) => /^--ipvs-strict-arp(=true)?$/.test(word));

const isPair = (words: readonly string[], index: number): boolean =>
  words[index] === '--proxy-mode' && words[index + 1] === 'ipvs';

const byFlags = (raw: Raw): readonly SpeakerCheckResult[] =>
  containersOf(raw).some((one) => isRunByFlags(one) && answersByFlags(commandLineOf(one)))
    ? [
        {
          severity: 'warning',
          object: refOfRaw(raw),
          field: '',
          problem: PROBLEM,
          remedy: `Start kube-proxy with --ipvs-strict-arp=true, in ${raw['kind']} ${namespaceOf(raw)}/${nameOf(raw)}.`,
        },
      ]
    : [];

type ObjectsByKind = Pick<AnnouncementSnapshot, 'objectsOf'>;

const runs = ({ objectsOf }: ObjectsByKind): readonly Raw[] => [
  ...objectsOf('DaemonSet'),
  ...objectsOf('Pod'),
];

const S13: SpeakerCheck = {
  code: 'S13',
  needs: ['L2Advertisement'],
  question: 'whether kube-proxy answers ARP on every node',
  find: (snapshot) =>
    snapshot.objectsOf('L2Advertisement').length === 0
      ? []
      : [
          ...snapshot.objectsOf('ConfigMap').flatMap(byConfigMap),
          // One says it for all: a static Pod has a twin on each node.
          ...runs(snapshot).flatMap(byFlags).slice(0, 1),
        ],
};

export const KUBE_PROXY_CHECKS: readonly SpeakerCheck[] = [S13];

/** Whether an object shows how kube-proxy runs. */
const isSeen = (shown: ObjectsByKind): boolean =>
  shown.objectsOf('ConfigMap').some((raw) => readKubeProxy(raw) !== null) ||
  runs(shown).some((raw) => containersOf(raw).some(isRunByFlags));

const NOT_SEEN = 'nothing shows how kube-proxy runs';

/** Where layer 2 announces, and kube-proxy is not seen. */
export const unseenKubeProxy = (snapshot: AnnouncementSnapshot): readonly UndecidedSpeakerCheck[] =>
  isSeen(snapshot) || snapshot.objectsOf('L2Advertisement').length === 0
    ? []
    : [undecidedCheck(S13, ['ConfigMap'], NOT_SEEN)];

/** What people should know of kube-proxy where layer 2 answers: one or two sentences each, without a full stop. */
export function kubeProxyRemarks(objects: readonly Raw[]): readonly string[] {
  const shown = { objectsOf: (kind: string) => objectsOfKind(objects, kind) };
  if (!isSeen(shown)) return [`${NOT_SEEN}: in IPVS mode without strictARP, every node would answer ARP`];
  const [byFlag] = runs(shown).flatMap(byFlags);
  return [
    ...kubeProxyHints(shown.objectsOf('ConfigMap')),
    ...(byFlag === undefined ? [] : [`${byFlag.problem} ${byFlag.remedy}`.replace(/\.$/, '')]),
  ];
}

export const runsKubeProxy = (workload: Raw): boolean => containersOf(workload).some(isKubeProxy);

const configMapNames = (workload: Raw): readonly string[] =>
  listOf(fieldsOf(fieldsOf(specOf(workload)['template'])['spec'])['volumes'])
    .map((one) => textOf(fieldsOf(fieldsOf(one)['configMap'])['name']))
    .filter((name) => name !== '');

/** Names of the ConfigMaps that DaemonSets of kube-proxy mount. */
export const kubeProxyConfigMaps = (
  daemonSets: readonly Raw[],
): readonly { readonly namespace: string; readonly name: string }[] =>
  daemonSets
    .filter(runsKubeProxy)
    .flatMap((raw) => configMapNames(raw).map((name) => ({ namespace: namespaceOf(raw), name })));

/** S13: kube-proxy answers ARP for every address, from its ConfigMap or from the flags that it runs with. */

import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { KUBE_PROXY, kubeProxyHint, readKubeProxy, strictArpPatch } from '../../config/kube-proxy.ts';
import { nameOf, namespaceOf, specOf } from '../../objects/metadata.ts';
import { commandLineOf, containersOf, repositoryOf } from '../../objects/metallb-program.ts';
import type { SpeakerCheck, SpeakerCheckResult } from './check.ts';
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
const answersByFlags = (words: readonly string[]): boolean =>
  !words.some((word) => /^--config(=|$)/.test(word)) &&
  words.some((word, index) => word === '--proxy-mode=ipvs' || isPair(words, index)) &&
  !words.some((word) => /^--ipvs-strict-arp(=true)?$/.test(word));

const isPair = (words: readonly string[], index: number): boolean =>
  words[index] === '--proxy-mode' && words[index + 1] === 'ipvs';

const byFlags = ({ objectsOf }: AnnouncementSnapshot): readonly SpeakerCheckResult[] =>
  [...objectsOf('DaemonSet'), ...objectsOf('Pod')]
    .filter((raw) => containersOf(raw).some((one) => isKubeProxy(one) && answersByFlags(commandLineOf(one))))
    .slice(0, 1)
    .map((raw) => ({
      severity: 'warning',
      object: refOfRaw(raw),
      field: '',
      problem: PROBLEM,
      remedy: `Start kube-proxy with --ipvs-strict-arp=true, in ${raw['kind']} ${namespaceOf(raw)}/${nameOf(raw)}.`,
    }));

const S13: SpeakerCheck = {
  code: 'S13',
  needs: ['L2Advertisement', 'ConfigMap'],
  question: 'whether kube-proxy answers ARP on every node',
  find: ({ objectsOf }) =>
    objectsOf('L2Advertisement').length === 0 ? [] : objectsOf('ConfigMap').flatMap(byConfigMap),
};

const S13_BY_FLAGS: SpeakerCheck = {
  code: 'S13',
  needs: ['L2Advertisement', 'DaemonSet'],
  question: 'whether flags of kube-proxy make it answer ARP',
  find: (snapshot) => (snapshot.objectsOf('L2Advertisement').length === 0 ? [] : byFlags(snapshot)),
};

export const KUBE_PROXY_CHECKS: readonly SpeakerCheck[] = [S13, S13_BY_FLAGS];

const configMapNames = (workload: Raw): readonly string[] =>
  listOf(fieldsOf(fieldsOf(specOf(workload)['template'])['spec'])['volumes'])
    .map((one) => textOf(fieldsOf(fieldsOf(one)['configMap'])['name']))
    .filter((name) => name !== '');

/** Names of the ConfigMaps that DaemonSets of kube-proxy mount. */
export const kubeProxyConfigMaps = (
  daemonSets: readonly Raw[],
): readonly { readonly namespace: string; readonly name: string }[] =>
  daemonSets
    .filter((raw) => containersOf(raw).some(isKubeProxy))
    .flatMap((raw) => configMapNames(raw).map((name) => ({ namespace: namespaceOf(raw), name })));

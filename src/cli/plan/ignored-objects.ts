/** Objects of an edit that no address depends on: those of no concern, those without an effect, and those that cannot be judged. */
import { type Raw, textOf } from '../../base/json.ts';
import { METALLB_GROUP } from '../../delivery/speaker-cluster.ts';
import type { Manifest } from '../../manifests/parse-manifests.ts';
import { parseApiVersion } from '../../objects/api-group.ts';
import { nameOf } from '../../objects/metadata.ts';
import { containersOf } from '../../objects/metallb-program.ts';
import { resourceKind } from '../../objects/resource-kind.ts';
import { isLegacyConfigMap } from '../cluster/old-configmap.ts';
import { findMisspelled } from '../cluster/suggestions.ts';

export type SortedObjects = {
  /** Of kinds that have nothing to do with addresses. */
  readonly known: readonly Raw[];
  /** Sentences without a full stop. */
  readonly withoutEffect: readonly string[];
  /** Sentences without a full stop. */
  readonly notJudged: readonly string[];
};

/** They stand for objects that only another program can make. */
const UNRENDERED_KINDS: ReadonlySet<string> = new Set(['HelmRelease', 'HelmChart', 'Application']);

/** Programs of which an edit changes what is announced. */
const PROGRAM_KINDS: ReadonlySet<string> = new Set(['Deployment', 'DaemonSet']);

/** Settings of Calico, and of the operators that install Calico and MetalLB. */
const SETTINGS: ReadonlySet<string> = new Set([
  ...['operator.tigera.io Installation', 'metallb.io MetalLB'],
  ...['projectcalico.org FelixConfiguration', 'crd.projectcalico.org FelixConfiguration'],
]);

/** What the programs report, of which an edit does not last. */
const WRITTEN_KINDS: ReadonlySet<string> = new Set([
  'ConfigurationState',
  'ServiceBGPStatus',
  'ServiceL2Status',
]);

/** MetalLB's groups: `metallb.io`, and `frrk8s.metallb.io` of its FRR. */
const isOfMetallbGroup = (group: string): boolean => `.${group}`.endsWith(`.${METALLB_GROUP}`);

export function sortIgnored(ignored: readonly Raw[], manifests: readonly Manifest[]): SortedObjects {
  const known: Raw[] = [];
  const withoutEffect: string[] = [];
  const notJudged: string[] = [...findMisspelled(manifests.map(({ object }) => object))];
  for (const object of ignored) {
    const [kind, name] = [resourceKind(object), nameOf(object)];
    const { group } = parseApiVersion(textOf(object['apiVersion']));
    if (group === METALLB_GROUP && kind === 'AddressPool')
      withoutEffect.push(
        `AddressPool ${name}: nothing reads this kind since MetalLB 0.14. Make an IPAddressPool of it with berth convert`,
      );
    else if (isLegacyConfigMap(object))
      notJudged.push(
        `ConfigMap ${name}: programs that run with --config ${name} read it. Plan the objects that berth convert makes of it`,
      );
    else if (UNRENDERED_KINDS.has(kind))
      notJudged.push(
        `${kind} ${name}: what it stands for is not in the files. Render it, as by helm template`,
      );
    else if (SETTINGS.has(`${group} ${kind}`))
      notJudged.push(`${kind} ${name}: what this edit changes is not predicted`);
    else if (PROGRAM_KINDS.has(kind) && isProgram(object))
      notJudged.push(
        `${kind} ${name}: an edit of a program that assigns or announces addresses is not predicted`,
      );
    else if (findMisspelled([object]).length > 0) continue;
    else if (WRITTEN_KINDS.has(kind))
      withoutEffect.push(`${kind} ${name}: controller and speakers write this kind themselves`);
    else if (isOfMetallbGroup(group))
      withoutEffect.push(`${kind} ${name}: neither the controller nor the speakers read this kind`);
    else known.push(object);
  }
  return { known, withoutEffect, notJudged };
}

/** Of MetalLB, Berth or Calico, by its name or its images. */
const isProgram = (object: Raw): boolean =>
  [nameOf(object), ...containersOf(object).map(({ image }) => textOf(image))].some((text) =>
    /metallb|berth|calico/.test(text),
  );

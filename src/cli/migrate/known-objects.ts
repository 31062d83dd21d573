/**
 * Recognises the webhooks and conversions that MetalLB installs: by name, by shape, and by the Service that they call. A saved
 * copy may have been written by somebody else, and a webhook sees every object that its rules match. So a rollback restores
 * only what is recognised here, and only its known fields.
 */

import { fieldsOf, isObject, listOf, mapOf, numberOf, type Raw, textOf, textsOf } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { quoteList } from '../../base/text.ts';
import { METALLB_WEBHOOK_CONFIGURATION } from '../../controller/leadership/metallb-controller.ts';
import { metadataOf, nameOf } from '../../objects/metadata.ts';

/** The Service in front of MetalLB's webhooks; before MetalLB 0.14 it had the second name. */
export const WEBHOOK_SERVICES: readonly string[] = ['metallb-webhook-service', 'webhook-service'];

/** Singular and plural of the kinds that MetalLB validates, over all its versions. */
const VALIDATED_KINDS: readonly (readonly [singular: string, plural: string])[] = [
  ['addresspool', 'addresspools'],
  ['bfdprofile', 'bfdprofiles'],
  ['bgpadvertisement', 'bgpadvertisements'],
  ['bgppeer', 'bgppeers'],
  ['community', 'communities'],
  ['ipaddresspool', 'ipaddresspools'],
  ['l2advertisement', 'l2advertisements'],
];

/** The manifests use the plural for BGPPeer, the chart does not. */
const HOOK_NAMES = new Set(VALIDATED_KINDS.flat().map((kind) => `${kind}validationwebhook.metallb.io`));
const PLURALS = VALIDATED_KINDS.map(([, plural]) => plural);
const HOOK_PATH = /^\/validate-metallb-io-v1(beta|alpha)[0-9]-[a-z0-9]+$/;
const CONVERSION_PATH = '/convert';

/** kubectl's and Helm's own; others could have another program act on the object. */
const KNOWN_ANNOTATIONS = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'meta.helm.sh/release-name',
  'meta.helm.sh/release-namespace',
];

const HOOK_FIELDS = [
  ...['name', 'admissionReviewVersions', 'clientConfig', 'failurePolicy', 'matchPolicy'],
  ...['namespaceSelector', 'objectSelector', 'rules', 'sideEffects', 'timeoutSeconds'],
];
const RULE_FIELDS = ['apiGroups', 'apiVersions', 'operations', 'resources', 'scope'];

/** The configuration with its known fields only, to create it again. The errors are sentences. */
export function knownWebhookConfiguration(saved: Raw, namespace: string): Result<Raw, readonly string[]> {
  const errors: string[] = [];
  const name = nameOf(saved);
  if (name !== METALLB_WEBHOOK_CONFIGURATION) errors.push(`its name is not ${METALLB_WEBHOOK_CONFIGURATION}`);
  const hooks = listOf(saved['webhooks']).map(fieldsOf);
  if (hooks.length === 0) errors.push('it has no webhooks');
  for (const hook of hooks) errors.push(...hookErrors(hook, namespace));
  if (errors.length > 0) return err(errors);
  const { labels, annotations } = metadataOf(saved);
  const kept = Object.entries(mapOf(annotations)).filter(([key]) => KNOWN_ANNOTATIONS.includes(key));
  return ok({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: {
      name,
      ...(isObject(labels) ? { labels: mapOf(labels) } : {}),
      ...(kept.length > 0 ? { annotations: Object.fromEntries(kept) } : {}),
    },
    webhooks: hooks,
  });
}

function hookErrors(hook: Raw, namespace: string): readonly string[] {
  const name = textOf(hook['name']);
  const errors = [
    ...(HOOK_NAMES.has(name) ? [] : ['MetalLB has no webhook of this name']),
    ...unknownFields(hook, HOOK_FIELDS),
    ...clientErrors(hook['clientConfig'], namespace, HOOK_PATH),
    ...listOf(hook['rules']).flatMap((rule) => ruleErrors(fieldsOf(rule))),
    ...(listOf(hook['rules']).length === 0 ? ['it has no rules'] : []),
    ...oneOf(hook, 'failurePolicy', ['Fail', 'Ignore']),
    ...oneOf(hook, 'matchPolicy', ['Equivalent', 'Exact']),
    ...oneOf(hook, 'sideEffects', ['None', 'NoneOnDryRun']),
  ];
  return errors.map((text) => `webhook ${JSON.stringify(name)}: ${text}`);
}

function ruleErrors(rule: Raw): readonly string[] {
  const groups = textsOf(rule['apiGroups']);
  const others = textsOf(rule['resources']).filter((one) => !PLURALS.includes(one));
  return [
    ...(groups.length === 1 && groups[0] === 'metallb.io'
      ? []
      : [`a rule matches the API groups ${quoteList(groups)}, not metallb.io alone`]),
    ...(others.length === 0 ? [] : [`a rule matches ${quoteList(others)}, which MetalLB does not validate`]),
    ...unknownFields(rule, RULE_FIELDS),
  ];
}

/** `spec.conversion` of the definition `name`. The errors are sentences. */
export function knownConversion(name: string, saved: Raw, namespace: string): Result<Raw, readonly string[]> {
  const webhook = fieldsOf(saved['webhook']);
  const errors = [
    ...(PLURALS.some((plural) => name === `${plural}.metallb.io`)
      ? []
      : ['MetalLB converts no objects of this kind']),
    ...(saved['strategy'] === 'Webhook' ? [] : ['its strategy is not Webhook']),
    ...unknownFields(saved, ['strategy', 'webhook']),
    ...unknownFields(webhook, ['clientConfig', 'conversionReviewVersions']),
    ...clientErrors(webhook['clientConfig'], namespace, new RegExp(`^${CONVERSION_PATH}$`)),
  ];
  return errors.length > 0 ? err(errors) : ok(saved);
}

/** MetalLB's speakers share a key in this Secret. Its name is `memberlist`, or ends so; whatever its name, it has one entry. */
export const isMemberlist = ({
  name,
  keys,
}: {
  readonly name: string;
  readonly keys: readonly string[];
}): boolean => /memberlist$/.test(name) || (keys.length === 1 && keys[0] === 'secretkey');

/** Only MetalLB's own Service in its own namespace, never a URL. */
function clientErrors(value: unknown, namespace: string, path: RegExp): readonly string[] {
  const client = fieldsOf(value);
  const service = fieldsOf(client['service']);
  const calls = `${textOf(service['namespace'])}/${textOf(service['name'])}`;
  const isOwn = service['namespace'] === namespace && WEBHOOK_SERVICES.includes(textOf(service['name']));
  if (client['service'] === undefined)
    return [`it calls ${JSON.stringify(textOf(client['url']))}, not the Service of MetalLB's webhooks`];
  return [
    ...(isOwn ? [] : [`it calls the Service ${calls}, not ${namespace}/${WEBHOOK_SERVICES[0]}`]),
    ...(path.test(textOf(service['path']))
      ? []
      : [`MetalLB serves no path ${JSON.stringify(service['path'])}`]),
    ...((numberOf(service['port']) ?? 443) === 443
      ? []
      : [`MetalLB's Service has no port ${service['port']}`]),
    ...unknownFields(client, ['caBundle', 'service']),
    ...unknownFields(service, ['namespace', 'name', 'path', 'port']),
  ];
}

const unknownFields = (value: Raw, known: readonly string[]): readonly string[] => {
  const others = Object.keys(value).filter((key) => !known.includes(key));
  return others.length === 0 ? [] : [`MetalLB sets no ${quoteList(others)}`];
};

const oneOf = (value: Raw, field: string, allowed: readonly string[]): readonly string[] =>
  value[field] === undefined || allowed.includes(textOf(value[field]))
    ? []
    : [`${field} is ${JSON.stringify(value[field])}, not ${quoteList(allowed)}`];

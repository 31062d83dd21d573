/** What an object that the playground does not serve was meant to be: by the kinds that its API lists. */
import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { closestMatch, didYouMean } from '../../base/text.ts';
import type { ApiSender } from '../../kube/http/api-request.ts';
import { parseApiVersion } from '../../objects/api-group.ts';

type ServedKind = { readonly group: string; readonly apiVersion: string; readonly kind: string };

/** `did you mean IPAddressPool of metallb.io/v1beta1?`; null where no kind that is served resembles it. */
export async function suggestKind(client: ApiSender, object: Raw): Promise<string | null> {
  const { group } = parseApiVersion(textOf(object['apiVersion']));
  const kind = textOf(object['kind']);
  const served = await servedKinds(client);
  const near = closestMatch(group, new Set(served.map((one) => one.group))) ?? group;
  const ofGroup = served.filter((one) => one.group === near);
  const sameKind = ofGroup.find((one) => one.kind.toLowerCase() === kind.toLowerCase());
  if (sameKind !== undefined) return `did you mean ${sameKind.kind} of ${sameKind.apiVersion}?`;
  if (near === 'metallb.io' && kind === 'AddressPool') return 'berth convert makes an IPAddressPool of it';
  const isOwnGroup = !near.includes('.') || near.endsWith('.k8s.io');
  // Kubernetes' own groups have many kinds that a playground does not have, and that resemble others.
  if (!isOwnGroup)
    return didYouMean(
      kind,
      ofGroup.map((one) => one.kind),
    );
  const elsewhere = served.find((one) => one.kind.toLowerCase() === kind.toLowerCase());
  return elsewhere === undefined ? null : `did you mean ${elsewhere.kind} of ${elsewhere.apiVersion}?`;
}

async function servedKinds(client: ApiSender): Promise<readonly ServedKind[]> {
  const groups = listOf((await getObject(client, '/apis'))['groups']).map(fieldsOf);
  const versions = groups.flatMap((one) =>
    listOf(one['versions']).map((version) => textOf(fieldsOf(version)['groupVersion'])),
  );
  const found = await Promise.all(
    ['v1', ...versions].map(async (apiVersion): Promise<readonly ServedKind[]> => {
      const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
      const { group } = parseApiVersion(apiVersion);
      return listOf((await getObject(client, path))['resources'])
        .map(fieldsOf)
        .filter((one) => !textOf(one['name']).includes('/'))
        .map((one) => ({ group, apiVersion, kind: textOf(one['kind']) }));
    }),
  );
  return found.flat();
}

async function getObject(client: ApiSender, path: string): Promise<Raw> {
  const outcome = await client.send({ method: 'GET', path, timeout: 10_000 });
  return outcome.kind === 'ok' ? fieldsOf(outcome.body) : {};
}

/** Objects of the live cluster as commands keep them: without what nobody reads, which may be a megabyte of each. */
import { fieldsOf, listOf, mapOf, type Raw, textOf } from '../../base/json.ts';
import { limitText } from '../../base/limited-text.ts';
import { METALLB_GROUP } from '../../delivery/speaker-cluster.ts';
import { type Resource, SERVICES } from '../../kube/resource.ts';
import { withLastEdit } from '../../objects/last-edit.ts';
import { metadataOf, specOf, withoutBookkeeping } from '../../objects/metadata.ts';
import { limitLabels } from '../../objects/selector.ts';
import { EXTERNAL_IPS_MAX, SPEC_TEXT_CHARS_MAX } from '../../objects/service.ts';

export function asRead(resource: Resource, raw: Raw): Raw {
  if (resource === SERVICES) return serviceAsRead(withoutBookkeeping(raw));
  // Somebody may have edited the configuration a moment ago.
  return resource.group === METALLB_GROUP ? withLastEdit(raw) : withoutBookkeeping(raw);
}

/** A Service is written by tenants: its fields have the sizes of a decoded one, and ports are not read. */
function serviceAsRead(raw: Raw): Raw {
  const { ports: _, selector: __, externalIPs, loadBalancerIP, ...spec } = specOf(raw);
  const metadata = metadataOf(raw);
  const limited: Record<string, unknown> = { ...spec };
  if (externalIPs !== undefined) limited['externalIPs'] = listOf(externalIPs).slice(0, EXTERNAL_IPS_MAX);
  if (loadBalancerIP !== undefined)
    limited['loadBalancerIP'] = limitText(textOf(loadBalancerIP), SPEC_TEXT_CHARS_MAX);
  return {
    ...raw,
    metadata: { ...metadata, labels: limitLabels(mapOf(fieldsOf(metadata)['labels'])) },
    spec: limited,
  };
}

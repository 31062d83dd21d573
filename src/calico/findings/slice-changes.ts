/** Checks of Services whose announcement depends on which of their EndpointSlices changes next: P41, P47, P48. */

import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { inflect, listSome } from '../../base/text.ts';
import { formatAddress } from '../../net/address.ts';
import { serviceKey } from '../../objects/service.ts';
import { countedFamilies } from '../confd/service-announcement.ts';
import type { CalicoService, CalicoSlice } from '../objects/services.ts';
import type { DiagnosticCheck } from './check.ts';
import { announceableServices, dependsOnEndpoints } from './endpoints.ts';
import { type ClusterSnapshot, makeRef, serviceRef } from './snapshot.ts';
import { FIXED_VERSIONS, upgradeEdits } from './upgrades.ts';

const NEEDS = ['BGPConfiguration', 'Service', 'EndpointSlice'];

/** Static routes that nodes report in CalicoNodeStatus: the prefixes that they originate. */
function reportedPrefixes(snapshot: ClusterSnapshot): ReadonlySet<string> {
  const routes = snapshot.objectsOf('CalicoNodeStatus').flatMap((raw: Raw) => {
    const status = fieldsOf(fieldsOf(raw['status'])['routes']);
    return [...listOf(status['routesV4']), ...listOf(status['routesV6'])].map(fieldsOf);
  });
  return new Set(
    routes
      .filter((one) => textOf(fieldsOf(one['learnedFrom'])['sourceType']) === 'Static')
      .map((one) => textOf(one['destination'])),
  );
}

const P41: DiagnosticCheck = {
  code: 'P41',
  needs: NEEDS,
  question: 'whether an address is still announced after its EndpointSlice was deleted',
  find(snapshot) {
    const { cluster } = snapshot.converged;
    // Endpoints have the name of their Service, so their deletion is noticed.
    if (cluster.behaviour.watchesEndpoints) return [];
    const withoutSlices = announceableServices(snapshot).filter(
      (one) =>
        one.clusterIPs.length > 0 &&
        (cluster.slices.get(one.key) ?? []).length === 0 &&
        dependsOnEndpoints(snapshot, one),
    );
    if (withoutSlices.length === 0) return [];
    const routes = reportedPrefixes(snapshot);
    const texts = withoutSlices.flatMap(({ statusIPs }) => statusIPs.map(formatAddress));
    const confirmed = texts.filter((text) => routes.has(`${text}/32`) || routes.has(`${text}/128`));
    const [first] = withoutSlices;
    const named = confirmed.length > 0 ? confirmed : texts;
    return [
      {
        severity: 'warning',
        object: serviceRef(first?.key ?? ''),
        field: '',
        problem: `Calico ${confirmed.length > 0 ? 'still announces' : 'may still announce'} ${listSome(named)}, although the ${inflect(withoutSlices.length, 'Service has', 'Services have')} no EndpointSlice. It does not notice the deletion of an EndpointSlice, except of one with the Service's own name.`,
        remedy:
          'Create an empty EndpointSlice for the Service, so that Calico evaluates it again, or delete the Service.',
        concerns: withoutSlices.map(({ key }) => serviceRef(key)),
        mentioned: named,
      },
    ];
  },
};

/** Whether the slices would be judged differently: other nodes have endpoints in one than in another. */
function doSlicesDiffer(snapshot: ClusterSnapshot, service: CalicoService): boolean {
  const { slices, behaviour, nodes } = snapshot.converged.cluster;
  const families = countedFamilies(service, behaviour);
  const announcing = new Set(nodes.filter(({ isExcluded }) => !isExcluded).map(({ name }) => name));
  const judged = (slices.get(service.key) ?? []).map(({ addressType, endpoints }: CalicoSlice) => {
    const counted = families.includes(addressType) ? endpoints.map(({ node }) => node) : [];
    return service.isLocal
      ? [...new Set(counted.filter((node) => announcing.has(node)))].sort().join()
      : String(counted.length > 0);
  });
  return new Set(judged).size > 1;
}

const P47: DiagnosticCheck = {
  code: 'P47',
  needs: [...NEEDS, 'ClusterInformation', 'Node'],
  question: 'whether the change of one EndpointSlice withdraws a Service',
  find(snapshot) {
    const { behaviour, version } = snapshot.converged.cluster;
    if (behaviour.judgesSlicesTogether) return [];
    const affected = announceableServices(snapshot).filter(
      (one) =>
        one.clusterIPs.length > 0 && dependsOnEndpoints(snapshot, one) && doSlicesDiffer(snapshot, one),
    );
    if (affected.length === 0) return [];
    const fixedVersion = version?.[1] === 31 ? FIXED_VERSIONS[31] : FIXED_VERSIONS[32];
    return [
      {
        severity: 'warning',
        object: makeRef('ClusterInformation', 'default'),
        field: 'spec.calicoVersion',
        problem: `When one EndpointSlice changes, nodes withdraw ${inflect(affected.length, 'Service', 'Services')} ${listSome(affected.map(({ key }) => key))} unless that slice has an endpoint for them. Calico v${version?.join('.')} ignores the other slices of the Service then. Which nodes announce now depends on the slice that changed last.`,
        remedy: `Upgrade Calico to ${fixedVersion} or later. Until then, a change of the Service itself makes Calico look at all slices.`,
        edits: upgradeEdits(snapshot, fixedVersion),
        concerns: affected.map(({ key }) => serviceRef(key)),
      },
    ];
  },
};

const P48: DiagnosticCheck = {
  code: 'P48',
  needs: NEEDS,
  question: 'whether the deletion of an EndpointSlice withdraws a Service that has others',
  find(snapshot) {
    const { cluster } = snapshot.converged;
    if (cluster.behaviour.watchesEndpoints) return [];
    const services = new Map(
      announceableServices(snapshot)
        .filter((one) => dependsOnEndpoints(snapshot, one))
        .map((one) => [one.key, one]),
    );
    return [...cluster.slices.values()].flat().flatMap((slice) => {
      const key = serviceKey(slice.namespace, slice.name);
      const others = (cluster.slices.get(key) ?? []).filter(({ name }) => name !== slice.name);
      if (!services.has(key) || others.length === 0) return [];
      return [
        {
          severity: 'hint' as const,
          object: makeRef('EndpointSlice', slice.name, slice.namespace),
          field: 'metadata.name',
          problem: `If EndpointSlice ${key} is deleted, Calico withdraws the addresses of Service ${key}, although it has other EndpointSlices. Calico takes the name of a deleted slice for that of a Service.`,
          remedy:
            'Replace the slice by one with another name, delete this one, and then change the new slice or the Service in any field.',
          concerns: [serviceRef(key)],
        },
      ];
    });
  },
};

export const SLICE_CHANGE_CHECKS: readonly DiagnosticCheck[] = [P41, P47, P48];

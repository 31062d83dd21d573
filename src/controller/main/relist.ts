/** The consistent lists that a leader makes before it serves; see `docs/decisions/relist-after-election.md`. */
import type { Clock, Millis } from '../../base/clock.ts';
import type { ControllerInformers } from './api/informers.ts';

/** Time after which MetalLB's Deployment counts as absent: the rights to read it may be missing. */
const METALLB_LOOKUP_TIMEOUT: Millis = 3000;

/** A standby's watch is behind by so little. One that is further behind lists instead, which is always right. */
const CATCH_UP_TIMEOUT: Millis = 250;

/**
 * Lists what decides about addresses. Of the Services, which are many, the list is left out where the last leader said up
 * to which version it wrote to them, and the watch has come that far. False where the informers were stopped meanwhile.
 */
export async function relistForTerm(
  informers: ControllerInformers,
  clock: Clock,
  inheritedVersion: string,
): Promise<boolean> {
  const listed = await Promise.all([
    relistDeployments(informers, clock),
    relistServices(informers, inheritedVersion),
    informers.poolSource.refresh(),
    informers.namespaces.refresh(),
  ]);
  return listed.every(Boolean);
}

async function relistServices({ services }: ControllerInformers, inheritedVersion: string): Promise<boolean> {
  const mayCatchUp = inheritedVersion !== '' && services.isCurrent;
  if (mayCatchUp && (await services.waitForVersion(inheritedVersion, CATCH_UP_TIMEOUT))) return true;
  return services.refresh();
}

/** A slow list is waited for; a refused one, say for want of rights, is done without. */
function relistDeployments({ deployments }: ControllerInformers, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (deployments.watchError === null) cancel = clock.after(METALLB_LOOKUP_TIMEOUT, check);
      else resolve(true);
    };
    let cancel = clock.after(METALLB_LOOKUP_TIMEOUT, check);
    void deployments.refresh().then((listed) => {
      cancel();
      resolve(listed);
    });
  });
}

/** The class of Services that MetalLB serves, compared with the one that Berth is to serve: with another one, addresses would be lost. */
import type { MetalLBState } from './metallb-state.ts';
import type { MigrationObstacle } from './migration.ts';

/** `lbClass` is the `--lb-class` that Berth is to have, '' for none. Null where both serve the same Services. */
export function classObstacle(
  { controller, namespace }: Pick<MetalLBState, 'controller' | 'namespace'>,
  lbClass: string,
): MigrationObstacle | null {
  if (controller === null || controller.lbClass === lbClass) return null;
  const says = `MetalLB serves ${servedServices(controller.lbClass)}, and Berth would serve ${servedServices(lbClass)}, as shown below. ${remedy(controller.lbClass)}`;
  return { of: 'swap', object: `Deployment ${namespace}/${controller.name}`, says };
}

const servedServices = (lbClass: string): string =>
  lbClass === '' ? 'Services without a class' : `Services of the class ${JSON.stringify(lbClass)}`;

const remedy = (lbClass: string): string =>
  lbClass === ''
    ? 'Leave --lb-class out, here and of the controller and speakers'
    : `Give Berth's controller and speakers --lb-class ${lbClass}, and add it to this command`;

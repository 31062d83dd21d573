/**
 * The CRDs as a cluster has them that comes from MetalLB: without the rules that Berth adds. So an object that Berth's CRDs would
 * reject reaches the speakers, as it did when the cases were recorded.
 */
import { CRDS } from '../../../../support/crds.ts';

const RULES = 'x-kubernetes-validations';

/** MetalLB's CRDs have these rules, too. */
const METALLB_RULES =
  /^connectTime must|^enableGracefulRestart cannot|aggregationLength are mutually exclusive|^Value is immutable/;

/** A list for `kubectl create`. */
export const metallbCrds = (): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items: CRDS }, (key, value) =>
    key === RULES
      ? value.filter(({ message }: { readonly message: string }) => METALLB_RULES.test(message))
      : value,
  );

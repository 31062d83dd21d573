/** Interfaces that layer 2 leaves alone. */

/** MetalLB's default list (ConfigMap `metallb-excludel2`): interfaces of containers and of network plugins. */
export const DEFAULT_EXCLUDED: readonly string[] = [
  ...['^docker.*', '^cbr.*', '^dummy.*', '^virbr.*', '^lxcbr.*', '^veth.*', '^lo$', '^cali.*', '^tunl.*'],
  ...['^flannel.*', '^kube-ipvs.*', '^cni.*', '^nodelocaldns.*', '^lxc.*'],
];

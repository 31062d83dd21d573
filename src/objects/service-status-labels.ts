/** Labels of MetalLB's status objects of one Service and node: ServiceBGPStatus and ServiceL2Status. */
export const SERVICE_STATUS_LABELS = {
  node: 'metallb.io/node',
  name: 'metallb.io/service-name',
  namespace: 'metallb.io/service-namespace',
} as const;

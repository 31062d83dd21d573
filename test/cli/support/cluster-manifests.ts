/** A small cluster in a file: two pools, a Service that is served, one that asks for what that one has, and more. */

export const POOLS = `apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: red}}
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: first, namespace: metallb-system, creationTimestamp: "2026-01-01T00:00:00Z"}
spec: {addresses: [192.168.5.0/30]}
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: second, namespace: metallb-system, creationTimestamp: "2026-01-02T00:00:00Z"}
spec: {addresses: [10.0.0.0/29], autoAssign: false}
`;

export const SERVICE_WITH_ADDRESS = `apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
  creationTimestamp: "2026-01-02T00:00:00Z"
  annotations: {metallb.io/ip-allocated-from-pool: first}
spec: {type: LoadBalancer, clusterIPs: [10.96.0.1], ipFamilies: [IPv4], ports: [{port: 80}]}
status:
  loadBalancer: {ingress: [{ip: 192.168.5.1}]}
  conditions:
  - type: berth.dev/Assigned
    status: "True"
    reason: Assigned
    message: 192.168.5.1 from pool "first".
    lastTransitionTime: "2026-01-02T00:00:01Z"
`;

export const SERVICE_REQUESTING_TAKEN_ADDRESS = `apiVersion: v1
kind: Service
metadata:
  name: asks
  namespace: shop
  creationTimestamp: "2026-01-03T00:00:00Z"
  annotations: {metallb.io/loadBalancerIPs: 192.168.5.1}
spec: {type: LoadBalancer, ports: [{port: 80}]}
`;

export const CLUSTER = [POOLS, SERVICE_WITH_ADDRESS, SERVICE_REQUESTING_TAKEN_ADDRESS].join('---\n');

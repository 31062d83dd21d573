#!/bin/sh
# node.sh NAME FOLDER: what runs on a node: containerd, the kubelet and kube-proxy, each under a line that starts it again, as the
# system's service manager would. PROGRAMS, set by the caller, is where CNI plugins, containerd and the Kubernetes programs are.
name=$1 folder=$2
cp "$CNI_PLUGINS/bridge" "$CNI_PLUGINS/host-local" "$CNI_PLUGINS/loopback" /opt/cni/bin/

# A program that ends is started again. Its process id is in FOLDER/NAME.pid, as the box counts.
keep() {
  program=$1
  shift
  while :; do
    "$@" >> "$folder/$program.log" 2>&1 &
    echo $! > "$folder/$program.pid"
    wait $!
    sleep 1
  done
}

keep containerd containerd --config "$folder/containerd.toml" &
until ctr version > /dev/null 2>&1; do sleep 0.1; done
keep kubelet kubelet --config="$folder/kubelet.yaml" --kubeconfig="$folder/kubeconfig" \
  --hostname-override="$name" --node-ip="$NODE_ADDRESSES" --node-labels="$NODE_LABELS" &
keep kube-proxy kube-proxy --config="$folder/kube-proxy.yaml" &
wait

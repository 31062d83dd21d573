#!/bin/sh
# init.sh NAME FOLDER COMMAND...: the first process of a box. It mounts what a node has for itself, starts COMMAND, and then only
# buries processes that lost their parents, such as the shims of containerd.
name=$1 folder=$2
shift 2
set -e
mount -t proc proc /proc
hostname "$name"
mount --make-rshared /

# Control groups as this box sees them: the namespace's root is the group that was entered.
hierarchies=$(sed -n 's/^[1-9][0-9]*:\([^:]*\):.*/\1/p' /proc/self/cgroup)
umount -R /sys/fs/cgroup 2>/dev/null || true
mount -t tmpfs -o mode=755 cgroups /sys/fs/cgroup
for hierarchy in $hierarchies; do
  options=$hierarchy directory=${hierarchy#name=}
  [ "$hierarchy" = "$directory" ] || options=none,$hierarchy
  mkdir "/sys/fs/cgroup/$directory"
  mount -t cgroup -o "$options" cgroup "/sys/fs/cgroup/$directory"
  for controller in $(echo "$directory" | tr , ' '); do
    [ "$controller" = "$directory" ] || ln -s "$directory" "/sys/fs/cgroup/$controller"
  done
done

# Folders that the runtime and the kubelet write to whatever their configuration says.
for directory in /run /opt /var/lib /var/log; do mount -t tmpfs -o mode=755 box "$directory"; done
mkdir -p /run/lock /run/netns /var/lib/kubelet /var/lib/containerd /opt/cni/bin
for directory in kubelet containerd; do
  mkdir -p "$folder/$directory"
  mount --bind "$folder/$directory" "/var/lib/$directory"
done
mount --make-rshared /var/lib/kubelet

# The kubelet sets these for the whole machine. Here it finds files with the values that it asks for.
mkdir /run/settings
setting() {
  file=/run/settings/$(basename "$1")
  echo "$2" > "$file"
  mount --bind "$file" "/proc/sys/$1"
}
setting vm/overcommit_memory 1
setting vm/panic_on_oom 0
setting kernel/panic 10
setting kernel/panic_on_oops 1

set +e
"$@" &
while :; do wait; sleep 1; done

#!/bin/sh
# enter.sh INIT PROCS COMMAND...: what a privileged container is for other test beds. Enters the control groups whose cgroup.procs
# files are named in PROCS, one a line, and runs INIT with COMMAND as the first process of namespaces of its own: mounts,
# processes, host name, IPC and control groups. The caller has entered the network namespace already.
# Whoever kills this process ends all that runs in the box.
set -e
init=$1 procs=$2
shift 2
while read -r file; do echo $$ > "$file"; done < "$procs"
exec unshare --mount --propagation private --pid --fork --kill-child=KILL --uts --ipc --cgroup sh "$init" "$@"

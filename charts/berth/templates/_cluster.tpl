{{/*
What of the cluster stands in the way of a release, as a JSON list of sentences. Without a cluster (helm template), nothing is known
of it, and the list is empty.
*/}}
{{- define "berth.clusterComplaints" -}}
{{- $complaints := list -}}
{{- if lookup "v1" "Namespace" "" "kube-system" -}}
{{- $complaints = concat (include "berth.missingCrds" . | fromJsonArray) (include "berth.metallbComplaints" . | fromJsonArray) (include "berth.podSecurityComplaints" . | fromJsonArray) -}}
{{- end -}}
{{- toJson $complaints -}}
{{- end -}}

{{/* CRDs that the release leaves to others, and that nobody has installed. */}}
{{- define "berth.missingCrds" -}}
{{- $root := . -}}
{{- $missing := list -}}
{{- if not .Values.crds.enabled -}}
{{- range include "berth.crdPaths" . | fromJsonArray -}}
{{- range include "berth.objects" (dict "root" $root "path" .) | fromJsonArray -}}
{{- if not (lookup "apiextensions.k8s.io/v1" "CustomResourceDefinition" "" .metadata.name) }}{{ $missing = append $missing .metadata.name }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if $missing -}}
{{- list (printf "crds.enabled is false, and the cluster has no CRD %s: set it to true, or run \"berth crds | kubectl apply -f -\" first" (join ", " $missing)) | toJson -}}
{{- else -}}
[]
{{- end -}}
{{- end -}}

{{/* MetalLB in the namespace of the release: what would refuse writes, or speak to the same routers from the same nodes. */}}
{{- define "berth.metallbComplaints" -}}
{{- $complaints := list -}}
{{- $peers := lookup "apiextensions.k8s.io/v1" "CustomResourceDefinition" "" "bgppeers.metallb.io" -}}
{{- if and .Values.crds.enabled $peers -}}
{{- if eq (dig "spec" "conversion" "strategy" "None" $peers) "Webhook" -}}
{{- $complaints = append $complaints "a webhook of MetalLB converts bgppeers.metallb.io, so the API server refuses another CRD: run \"berth migrate metallb --yes\" first" -}}
{{- end -}}
{{- end -}}
{{- if and (has .Values.mode (list "native" "layer2")) (not .Values.speaker.nodeSelector) (not .Values.speaker.affinity) -}}
{{- $sessions := and $peers (lookup "metallb.io/v1beta2" "BGPPeer" .Release.Namespace "") -}}
{{- if and $sessions $sessions.items -}}
{{- range (lookup "apps/v1" "DaemonSet" .Release.Namespace "").items -}}
{{- $labels := default dict .metadata.labels -}}
{{- $isSpeaker := or (and (eq (get $labels "app") "metallb") (eq (get $labels "component") "speaker")) (and (eq (get $labels "app.kubernetes.io/name") "metallb") (eq (get $labels "app.kubernetes.io/component") "speaker")) -}}
{{- if and $isSpeaker (dig "status" "desiredNumberScheduled" 0 .) -}}
{{- $complaints = append $complaints (printf "MetalLB's speakers (DaemonSet %s) run in this namespace, and a router keeps one session with a node: move node by node with speaker.nodeSelector (docs/native.md), or delete the DaemonSet first" .metadata.name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $complaints -}}
{{- end -}}

{{/* A namespace in which the API server would refuse each Pod of the speakers, while the release counts as installed. */}}
{{- define "berth.podSecurityComplaints" -}}
{{- $complaints := list -}}
{{- $namespace := default dict (lookup "v1" "Namespace" "" .Release.Namespace) -}}
{{- $level := get (dig "metadata" "labels" dict $namespace) "pod-security.kubernetes.io/enforce" -}}
{{- if and (has .Values.mode (list "native" "layer2")) (has $level (list "baseline" "restricted")) -}}
{{- $complaints = append $complaints (printf "the namespace %s enforces the pod-security level %s, and speakers use the network of their node: run \"kubectl label namespace %s pod-security.kubernetes.io/enforce=privileged --overwrite\" first" .Release.Namespace $level .Release.Namespace) -}}
{{- end -}}
{{- toJson $complaints -}}
{{- end -}}

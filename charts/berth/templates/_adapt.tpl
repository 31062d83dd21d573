{{/* An object of a manifest as the values want it: what the manifests have in metallb-system is in the release's namespace. Arguments: root, object. */}}
{{- define "berth.adapt" -}}
{{- $root := .root -}}
{{- $object := .object -}}
{{- $namespace := $root.Release.Namespace -}}
{{- if eq (default "" $object.metadata.namespace) "metallb-system" }}{{ $_ := set $object.metadata "namespace" $namespace }}{{ end -}}
{{- range $object.subjects }}{{ $_ := set . "namespace" $namespace }}{{ end -}}
{{- $labels := dict "app.kubernetes.io/managed-by" $root.Release.Service "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version) -}}
{{- $_ := set $object.metadata "labels" (merge $labels (default dict $object.metadata.labels)) -}}
{{- if and (eq $root.Values.mode "layer2") (has $object.kind (list "Deployment" "DaemonSet")) -}}
{{- include "berth.layer2" (dict "root" $root "object" $object) -}}
{{- end -}}
{{- if eq $object.kind "Deployment" -}}
{{- include "berth.workload" (dict "root" $root "object" $object "values" $root.Values.controller) -}}
{{- include "berth.controller" (dict "root" $root "object" $object) -}}
{{- else if eq $object.kind "DaemonSet" -}}
{{- include "berth.workload" (dict "root" $root "object" $object "values" $root.Values.speaker) -}}
{{- include "berth.speaker" (dict "root" $root "object" $object) -}}
{{- else if eq $object.kind "ServiceAccount" -}}
{{- $part := eq $object.metadata.name "berth-speaker" | ternary $root.Values.speaker $root.Values.controller -}}
{{- with $part.serviceAccount.annotations }}{{ $_ := set $object.metadata "annotations" . }}{{ end -}}
{{- else if eq $object.kind "NetworkPolicy" -}}
{{- with $root.Values.networkpolicies.apiPort -}}
{{- $_ := set $object.spec "egress" (append $object.spec.egress (dict "ports" (list (dict "protocol" "TCP" "port" (int .))))) -}}
{{- end -}}
{{- else if and (eq $object.kind "Role") (eq $object.metadata.name "berth-speaker-passwords") -}}
{{- with $root.Values.speaker.passwordSecrets }}{{ $_ := set (first $object.rules) "resourceNames" . }}{{ end -}}
{{- else if and (eq $object.kind "Role") (eq $object.metadata.name "berth-speaker-old-configmap") -}}
{{- $_ := set (first $object.rules) "resourceNames" (list $root.Values.existingConfigMap) -}}
{{- else if and (eq $object.kind "ValidatingAdmissionPolicyBinding") $object.spec.matchResources -}}
{{- $_ := set $object.spec.matchResources.namespaceSelector.matchLabels "kubernetes.io/metadata.name" $namespace -}}
{{- end -}}
{{- include "berth.adaptMonitoring" (dict "root" $root "object" $object) -}}
{{- toYaml $object -}}
{{- end -}}

{{/* What controller and speakers have in common. Arguments: root, object, values. Changes the object, and prints nothing. */}}
{{- define "berth.workload" -}}
{{- $root := .root -}}
{{- $values := .values -}}
{{- $template := .object.spec.template -}}
{{- $pod := $template.spec -}}
{{- $container := first $pod.containers -}}
{{- $_ := set $container "image" (include "berth.image" $root) -}}
{{- $_ := set $container "imagePullPolicy" $root.Values.image.pullPolicy -}}
{{- $args := list -}}
{{- range $container.args }}{{ $args = append $args (hasPrefix "--log-level=" . | ternary (printf "--log-level=%s" $values.logLevel) .) }}{{ end -}}
{{- with $root.Values.existingConfigMap }}{{ $args = append $args (printf "--config=%s" .) }}{{ end -}}
{{- with $root.Values.loadBalancerClass }}{{ $args = append $args (printf "--lb-class=%s" .) }}{{ end -}}
{{- $_ := set $container "args" (concat $args $values.extraArgs) -}}
{{- with $values.resources }}{{ $_ := set $container "resources" (mergeOverwrite (deepCopy $container.resources) .) }}{{ end -}}
{{- with $root.Values.imagePullSecrets }}{{ $_ := set $pod "imagePullSecrets" . }}{{ end -}}
{{- with $values.nodeSelector }}{{ $_ := set $pod "nodeSelector" (mergeOverwrite (deepCopy $pod.nodeSelector) .) }}{{ end -}}
{{- with $values.tolerations }}{{ $_ := set $pod "tolerations" (concat (default list $pod.tolerations) .) }}{{ end -}}
{{- with $values.affinity }}{{ $_ := set $pod "affinity" . }}{{ end -}}
{{- with $values.priorityClassName }}{{ $_ := set $pod "priorityClassName" . }}{{ end -}}
{{- with $values.runtimeClassName }}{{ $_ := set $pod "runtimeClassName" . }}{{ end -}}
{{- with $values.podAnnotations }}{{ $_ := set $template.metadata "annotations" . }}{{ end -}}
{{- with $values.labels }}{{ $_ := set $template.metadata "labels" (merge $template.metadata.labels .) }}{{ end -}}
{{- end -}}

{{/* Arguments: root, object. */}}
{{- define "berth.controller" -}}
{{- $_ := set .object.spec "replicas" (int .root.Values.controller.replicas) -}}
{{- if eq .root.Values.mode "calico" -}}
{{- $container := first .object.spec.template.spec.containers -}}
{{- $_ := set $container "args" (append $container.args "--calico=auto") -}}
{{- end -}}
{{- end -}}

{{/* Arguments: root, object. */}}
{{- define "berth.speaker" -}}
{{- $container := first .object.spec.template.spec.containers -}}
{{- if .root.Values.speaker.ignoreExcludeLB }}{{ $_ := set $container "args" (append $container.args "--ignore-exclude-lb") }}{{ end -}}
{{- with .root.Values.speaker.updateStrategy }}{{ $_ := set $.object.spec "updateStrategy" . }}{{ end -}}
{{- end -}}

{{/* The patch of deploy/layer2 for this kind of object, merged as kustomize does: what it adds to a list comes first. Arguments: root, object. */}}
{{- define "berth.layer2" -}}
{{- $kustomization := fromYaml (.root.Files.Get "files/layer2/kustomization.yaml") -}}
{{- range $kustomization.patches -}}
{{- if eq .target.kind $.object.kind -}}
{{- $patch := (fromYaml .patch).spec.template.spec -}}
{{- $pod := $.object.spec.template.spec -}}
{{- $container := first $pod.containers -}}
{{- $patched := first $patch.containers -}}
{{- with $patch.volumes }}{{ $_ := set $pod "volumes" (concat . (default list $pod.volumes)) }}{{ end -}}
{{- with $patched.env }}{{ $_ := set $container "env" (concat . (default list $container.env)) }}{{ end -}}
{{- with $patched.volumeMounts }}{{ $_ := set $container "volumeMounts" (concat . (default list $container.volumeMounts)) }}{{ end -}}
{{- with $patched.securityContext }}{{ $_ := set $container "securityContext" . }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "berth.image" -}}
{{- $image := .Values.image -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $image.repository $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $image.repository (default .Chart.AppVersion $image.tag) -}}
{{- end -}}
{{- end -}}

{{/*
The manifests of deploy/ are the only source of objects. The chart reads them, and changes what the values say.
*/}}

{{/* The files of the mode, as a JSON list of paths. */}}
{{- define "berth.paths" -}}
{{- $values := .Values -}}
{{- $names := list "serviceaccount" "clusterrole" "role" "metricsreader" "deployment" "poddisruptionbudget" -}}
{{- $paths := list -}}
{{- range $names }}{{ $paths = append $paths (printf "files/controller-only/%s.yaml" .) }}{{ end -}}
{{- if $values.networkpolicies.enabled }}{{ $paths = append $paths "files/controller-only/networkpolicy.yaml" }}{{ end -}}
{{- if eq $values.mode "calico" }}{{ $paths = append $paths "files/calico/clusterrole.yaml" }}{{ end -}}
{{- if has $values.mode (list "native" "layer2") -}}
{{- range list "serviceaccount" "clusterrole" "controller" "role" "passwords" "daemonset" -}}
{{- $paths = append $paths (printf "files/native/%s.yaml" .) -}}
{{- end -}}
{{- end -}}
{{- if eq $values.mode "layer2" -}}
{{- $paths = append $paths "files/layer2/role.yaml" -}}
{{- if not (include "berth.foreignSpeakerSecret" .) }}{{ $paths = append $paths "files/layer2/secret.yaml" }}{{ end -}}
{{- end -}}
{{- if $values.existingConfigMap }}{{ $paths = append $paths "files/old-configmap/role.yaml" }}{{ end -}}
{{- if $values.policies.enabled -}}
{{- range list "controller" "speaker" "view-port" }}{{ $paths = append $paths (printf "files/policies/%s.yaml" .) }}{{ end -}}
{{- end -}}
{{- if $values.validation.enabled }}{{ $paths = append $paths "files/validation/ipaddresspools.yaml" }}{{ end -}}
{{- toJson (concat $paths (include "berth.monitoringPaths" . | fromJsonArray)) -}}
{{- end -}}

{{/* "true" where the cluster has a Secret of the speakers that is not of this release, such as MetalLB's: it is used as it is. */}}
{{- define "berth.foreignSpeakerSecret" -}}
{{- $secret := lookup "v1" "Secret" .Release.Namespace "memberlist" -}}
{{- if $secret -}}
{{- if ne (dig "metadata" "annotations" "meta.helm.sh/release-name" "" $secret) .Release.Name }}true{{ end -}}
{{- end -}}
{{- end -}}

{{/* The objects of a file, as a JSON list. Arguments: root, path. */}}
{{- define "berth.objects" -}}
{{- $objects := list -}}
{{- range splitList "\n---\n" (.root.Files.Get .path) -}}
{{- $object := fromYaml . -}}
{{- if hasKey $object "Error" }}{{ fail (printf "a manifest of the chart cannot be read: %s" $object.Error) }}{{ end -}}
{{- if $object }}{{ $objects = append $objects $object }}{{ end -}}
{{- end -}}
{{- toJson $objects -}}
{{- end -}}

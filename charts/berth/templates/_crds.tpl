{{/* The files of the CRDs, as a JSON list of paths. */}}
{{- define "berth.crdPaths" -}}
{{- $paths := list -}}
{{- range $path, $_ := .Files.Glob "files/crds/*.yaml" -}}
{{- if not (hasSuffix "kustomization.yaml" $path) }}{{ $paths = append $paths $path }}{{ end -}}
{{- end -}}
{{- toJson $paths -}}
{{- end -}}

{{/* Why CRDs of the cluster are left as they are, as a JSON list of sentences; an empty one without a cluster. */}}
{{- define "berth.crdComplaints" -}}
{{- $root := . -}}
{{- $complaints := list -}}
{{- if .Values.crds.enabled -}}
{{- range include "berth.crdPaths" . | fromJsonArray -}}
{{- range include "berth.objects" (dict "root" $root "path" .) | fromJsonArray -}}
{{- $present := lookup "apiextensions.k8s.io/v1" "CustomResourceDefinition" "" .metadata.name -}}
{{- if $present -}}
{{- $lost := include "berth.lost" (dict "old" $present.spec.versions "new" .spec.versions) | fromJsonArray -}}
{{- if $lost -}}
{{- $described := include "berth.withUsers" (dict "crd" $present "lost" $lost) | fromJsonArray -}}
{{- $complaints = append $complaints (printf "the CRD %s of this cluster accepts what the chart's does not (%s): set crds.enabled=false, or install a chart that accepts it" .metadata.name (join "; " $described)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $complaints -}}
{{- end -}}

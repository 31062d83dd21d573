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
{{- $complaints = append $complaints (printf "the CRD %s of this cluster has what the chart's would remove (%s): set crds.enabled=false, or install a chart that has it" .metadata.name (join ", " $lost)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $complaints -}}
{{- end -}}

{{/* Versions and fields that old has and new has not, as a JSON list. Arguments: old, new: spec.versions. */}}
{{- define "berth.lost" -}}
{{- $new := dict -}}
{{- range .new }}{{ $_ := set $new .name . }}{{ end -}}
{{- $lost := list -}}
{{- range .old -}}
{{- if not (hasKey $new .name) -}}
{{- $lost = append $lost (printf "version %s" .name) -}}
{{- else -}}
{{- $other := get $new .name -}}
{{- $fields := include "berth.lostFields" (dict "path" .name "old" .schema.openAPIV3Schema "new" $other.schema.openAPIV3Schema) -}}
{{- range splitList "\n" $fields }}{{ if . }}{{ $lost = append $lost . }}{{ end }}{{ end -}}
{{- end -}}
{{- end -}}
{{- toJson $lost -}}
{{- end -}}

{{/* Fields of a schema that another one has not, one a line. Arguments: path, old, new. */}}
{{- define "berth.lostFields" -}}
{{- $path := .path -}}
{{- $new := .new -}}
{{- if not (index $new "x-kubernetes-preserve-unknown-fields") -}}
{{- range $name, $schema := .old.properties -}}
{{- $known := default dict $new.properties -}}
{{- if hasKey $known $name -}}
{{- include "berth.lostFields" (dict "path" (printf "%s.%s" $path $name) "old" $schema "new" (get $known $name)) -}}
{{- else if not (has $name (list "metadata" "kind" "apiVersion")) -}}
{{- printf "%s.%s\n" $path $name -}}
{{- end -}}
{{- end -}}
{{- if and .old.items $new.items }}{{ include "berth.lostFields" (dict "path" (printf "%s[]" $path) "old" .old.items "new" $new.items) }}{{ end -}}
{{- end -}}
{{- end -}}

{{/*
Compares the schemas of a CRD: what the old one accepts and the new one does not, and which objects have it. A stored object that
its schema does not know loses fields, or cannot be written any more.
*/}}

{{/* What old accepts and new does not, as a JSON list of {"path": "v1.spec.a[].b", "says": ""}; `says` is empty for what is removed. Arguments: old, new: spec.versions. */}}
{{- define "berth.lost" -}}
{{- $new := dict -}}
{{- range .new }}{{ $_ := set $new .name . }}{{ end -}}
{{- $lost := list -}}
{{- range .old -}}
{{- if not (hasKey $new .name) -}}
{{- $lost = append $lost (dict "path" .name "says" "") -}}
{{- else -}}
{{- $other := get $new .name -}}
{{- $lines := include "berth.lostFields" (dict "path" .name "old" .schema.openAPIV3Schema "new" $other.schema.openAPIV3Schema) -}}
{{- range splitList "\n" $lines }}{{ if . }}{{ $lost = append $lost (fromJson .) }}{{ end }}{{ end -}}
{{- end -}}
{{- end -}}
{{- toJson $lost -}}
{{- end -}}

{{/* The same for two schemas, an object a line. Arguments: path, old, new. */}}
{{- define "berth.lostFields" -}}
{{- $path := .path -}}
{{- $old := .old -}}
{{- $new := .new -}}
{{- include "berth.lostValues" . -}}
{{- if not (index $new "x-kubernetes-preserve-unknown-fields") -}}
{{- range $name, $schema := $old.properties -}}
{{- $known := default dict $new.properties -}}
{{- if hasKey $known $name -}}
{{- include "berth.lostFields" (dict "path" (printf "%s.%s" $path $name) "old" $schema "new" (get $known $name)) -}}
{{- else if not (has $name (list "metadata" "kind" "apiVersion")) -}}
{{- dict "path" (printf "%s.%s" $path $name) "says" "" | toJson }}{{ "\n" -}}
{{- end -}}
{{- end -}}
{{- if and $old.items $new.items }}{{ include "berth.lostFields" (dict "path" (printf "%s[]" $path) "old" $old.items "new" $new.items) }}{{ end -}}
{{- end -}}
{{- end -}}

{{/* Values of a field that are not accepted any more: another type, fewer choices, a field that has become required. */}}
{{- define "berth.lostValues" -}}
{{- $path := .path -}}
{{- $old := .old -}}
{{- $new := .new -}}
{{- if and $old.type $new.type (ne (toString $old.type) (toString $new.type)) -}}
{{- dict "path" $path "says" (printf "is of the type %s and would be of the type %s" $old.type $new.type) | toJson }}{{ "\n" -}}
{{- end -}}
{{- if $new.enum -}}
{{- if $old.enum -}}
{{- range $old.enum -}}
{{- if not (has . $new.enum) }}{{ dict "path" $path "says" (printf "could not be %q any more" (toString .)) | toJson }}{{ "\n" }}{{ end -}}
{{- end -}}
{{- else -}}
{{- dict "path" $path "says" "would accept a few values only" | toJson }}{{ "\n" -}}
{{- end -}}
{{- end -}}
{{- range $new.required -}}
{{- if not (has . (default list $old.required)) }}{{ dict "path" (printf "%s.%s" $path .) "says" "would be required" | toJson }}{{ "\n" }}{{ end -}}
{{- end -}}
{{- end -}}

{{/* What is lost as a JSON list of texts, with objects of the cluster that have the field. Arguments: crd, lost. */}}
{{- define "berth.withUsers" -}}
{{- $crd := .crd -}}
{{- $texts := list -}}
{{- range .lost -}}
{{- $segments := .path | replace "[]" ".[]" | splitList "." -}}
{{- $served := lookup (printf "%s/%s" $crd.spec.group (first $segments)) $crd.spec.names.kind "" "" -}}
{{- $users := list -}}
{{- range (default dict $served).items -}}
{{- if include "berth.hasField" (dict "value" . "segments" (rest $segments)) -}}
{{- $users = append $users (.metadata.namespace | empty | ternary .metadata.name (printf "%s/%s" .metadata.namespace .metadata.name)) -}}
{{- end -}}
{{- end -}}
{{- $text := .says | empty | ternary .path (printf "%s %s" .path .says) -}}
{{- if and $users (ne .says "would be required") -}}
{{- $more := gt (len $users) 3 | ternary (printf " and %d more" (sub (len $users) 3)) "" -}}
{{- $text = printf "%s, which %s%s has" $text (join ", " (slice $users 0 (min 3 (len $users)))) $more -}}
{{- end -}}
{{- $texts = append $texts $text -}}
{{- end -}}
{{- toJson $texts -}}
{{- end -}}

{{/* "true" where a value has a field, else nothing. Arguments: value, segments: names, and [] for each item of a list. */}}
{{- define "berth.hasField" -}}
{{- $value := .value -}}
{{- $segments := .segments -}}
{{- if not $segments -}}
true
{{- else if eq (first $segments) "[]" -}}
{{- $found := "" -}}
{{- range $value }}{{ if include "berth.hasField" (dict "value" . "segments" (rest $segments)) }}{{ $found = "true" }}{{ end }}{{ end -}}
{{- $found -}}
{{- else if and (kindIs "map" $value) (hasKey $value (first $segments)) -}}
{{- include "berth.hasField" (dict "value" (get $value (first $segments)) "segments" (rest $segments)) -}}
{{- end -}}
{{- end -}}

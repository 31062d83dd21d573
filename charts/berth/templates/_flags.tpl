{{/*
What a program would refuse of its extraArgs, when its Pods start, as a JSON list of sentences. It reads them as src/base/flags.ts
does: "--flag=value", "-flag=value", or the value as the next item. Arguments: root, part (controller or speaker).
*/}}
{{- define "berth.flagComplaints" -}}
{{- $part := .part -}}
{{- $flags := get (fromYaml (.root.Files.Get "flags.yaml")) $part -}}
{{- $complaints := list -}}
{{- $open := "" -}}
{{- range $argument := (get .root.Values $part).extraArgs -}}
{{- $name := regexReplaceAll `(?s)^--?([a-z][a-z0-9-]+)(=.*)?$` $argument "${1}" -}}
{{- if $open -}}
{{- $complaints = concat $complaints (include "berth.flagValueComplaints" (dict "part" $part "name" $open "flag" (get $flags $open) "value" $argument) | fromJsonArray) -}}
{{- $open = "" -}}
{{- else if eq $name $argument -}}
{{- $complaints = append $complaints (printf "%s.extraArgs: %q is no flag: write each as one item, such as \"--log-level=debug\"" $part $argument) -}}
{{- else if not (hasKey $flags $name) -}}
{{- $complaints = append $complaints (printf "%s.extraArgs: the %s has no flag --%s: \"berth %s --help\" lists those that it has" $part $part $name $part) -}}
{{- else if contains "=" $argument -}}
{{- $value := regexReplaceAll `(?s)^[^=]*=` $argument "" -}}
{{- $complaints = concat $complaints (include "berth.flagValueComplaints" (dict "part" $part "name" $name "flag" (get $flags $name) "value" $value) | fromJsonArray) -}}
{{- else if ne (get $flags $name).kind "switch" -}}
{{- $open = $name -}}
{{- end -}}
{{- end -}}
{{- if $open }}{{ $complaints = append $complaints (printf "%s.extraArgs: --%s needs a value: write it as one item, \"--%s=…\"" $part $open $open) }}{{ end -}}
{{- toJson $complaints -}}
{{- end -}}

{{/* Whether a flag takes a value, and the release stays whole with it, as a JSON list of sentences. Arguments: part, name, flag, value. */}}
{{- define "berth.flagValueComplaints" -}}
{{- $takes := "" -}}
{{- if .flag.choices -}}
{{- if not (has .value .flag.choices) }}{{ $takes = printf "it takes %s" (join ", " .flag.choices | trimPrefix ", ") }}{{ end -}}
{{- else if eq .flag.kind "switch" -}}
{{- if not (regexMatch `^(?i:1|t|true|0|f|false)$` .value) }}{{ $takes = "it takes true or false" }}{{ end -}}
{{- else if eq .flag.kind "duration" -}}
{{- if not (regexMatch `^(0|([0-9]+(\.[0-9]+)?(ms|s|m|h))+)$` .value) }}{{ $takes = "it takes a duration such as 60s, 1m30s or 500ms" }}{{ end -}}
{{- else if eq .flag.kind "number" -}}
{{- $number := regexMatch `^[0-9]+$` .value | ternary (float64 .value) -1.0 -}}
{{- if or (lt $number (float64 .flag.min)) (gt $number (float64 .flag.max)) -}}
{{- $takes = printf "it takes a whole number from %d to %d" (int64 .flag.min) (int64 .flag.max) -}}
{{- end -}}
{{- end -}}
{{- if and (empty $takes) (hasKey .flag "held") (not (has .value .flag.held)) -}}
{{- $off := has "0" .flag.held | ternary "; 0 switches it off" "" -}}
{{- $takes = .flag.held | empty | ternary "the manifest gives each Pod its own: leave it out" (printf "the release relies on %s, so another one needs an overlay%s" (first (append .flag.held "")) $off) -}}
{{- end -}}
{{- $takes | empty | ternary list (list (printf "%s.extraArgs: --%s is %q: %s" .part .name .value $takes)) | toJson -}}
{{- end -}}

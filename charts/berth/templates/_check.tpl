{{/* Refuses values that cannot be, all at once, each with its sentence. Prints nothing. */}}
{{- define "berth.check" -}}
{{- $values := .Values -}}
{{- $complaints := list -}}
{{- $modes := list "native" "layer2" "calico" "controller-only" -}}
{{- if not (has $values.mode $modes) -}}
{{- $complaints = append $complaints (printf "mode is %q: set it to native (speakers, by BGP), layer2 (speakers, by ARP and NDP, too), calico (Calico announces) or controller-only" $values.mode) -}}
{{- end -}}
{{- if not $values.image.repository -}}
{{- $complaints = append $complaints "image.repository is empty: name the image that you built or mirrored, with its registry" -}}
{{- end -}}
{{- range .Files.Get "metallb/values.yaml" | fromYamlArray -}}
{{- $given := include "berth.given" (dict "values" $values "path" .value) | fromJson -}}
{{- if and (has .is (list "renamed" "refused")) (hasKey $given "value") -}}
{{- $same := and (hasKey . "unless") (eq (toString .unless) (toString $given.value)) -}}
{{- if not (or $same (empty $given.value | and (not (kindIs "bool" $given.value)))) -}}
{{- $complaints = append $complaints (eq .is "renamed" | ternary (printf "%s of MetalLB's chart is called otherwise here: use %s" .value (default "" .to)) (printf "%s of MetalLB's chart is not possible here: %s" .value (default "" .why))) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and $values.policies.enabled (semverCompare "<1.30.0-0" .Capabilities.KubeVersion.Version) -}}
{{- $complaints = append $complaints (printf "policies.enabled needs Kubernetes 1.30 or newer, and this cluster has %s: set it to false" .Capabilities.KubeVersion.Version) -}}
{{- end -}}
{{- if and $values.validation.enabled (semverCompare "<1.31.0-0" .Capabilities.KubeVersion.Version) -}}
{{- $complaints = append $complaints (printf "validation.enabled needs Kubernetes 1.31 or newer, and this cluster has %s: set it to false" .Capabilities.KubeVersion.Version) -}}
{{- end -}}
{{- $complaints = concat $complaints (include "berth.crdComplaints" . | fromJsonArray) -}}
{{- $complaints = concat $complaints (include "berth.clusterComplaints" . | fromJsonArray) -}}
{{- $complaints = concat $complaints (include "berth.monitoringComplaints" . | fromJsonArray) -}}
{{- if $complaints }}{{ fail (printf "\n- %s" (join "\n- " $complaints)) }}{{ end -}}
{{- end -}}

{{/* What somebody gave for a value, as JSON: {"value": …}, or {} for nothing. Arguments: values, path with dots. */}}
{{- define "berth.given" -}}
{{- $here := .values -}}
{{- $found := true -}}
{{- range splitList "." .path -}}
{{- if and $found (kindIs "map" $here) (hasKey $here .) }}{{ $here = get $here . }}{{ else }}{{ $found = false }}{{ end -}}
{{- end -}}
{{- if $found }}{{ toJson (dict "value" $here) }}{{ else }}{}{{ end -}}
{{- end -}}

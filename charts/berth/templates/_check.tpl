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
{{- $complaints = concat $complaints (include "berth.nameComplaints" $values | fromJsonArray) -}}
{{- range list "controller" "speaker" -}}
{{- $complaints = concat $complaints (include "berth.flagComplaints" (dict "root" $ "part" .) | fromJsonArray) -}}
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

{{/*
Names that the API server or the container runtime would refuse, when half of the release is there already, as a JSON list of
sentences. Argument: the values.
*/}}
{{- define "berth.nameComplaints" -}}
{{- $complaints := list -}}
{{- $registry := `([a-zA-Z0-9.-]+|\[[0-9a-fA-F:]+\])(:[0-9]+)?/` -}}
{{- $component := `[a-z0-9]+([._-]+[a-z0-9]+)*` -}}
{{- $repository := default "" .image.repository -}}
{{- if and $repository (not (regexMatch (printf "^(%s)?%s(/%s)*$" $registry $component $component) $repository)) -}}
{{- $complaints = append $complaints (printf "image.repository %q is no name of a repository: it is like registry.example/infra/berth, in lower case, without https://, and image.tag or image.digest is a value of its own" $repository) -}}
{{- end -}}
{{- if and .image.tag (not (regexMatch `^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$` .image.tag)) -}}
{{- $complaints = append $complaints (printf "image.tag %q is no tag: it has letters, digits, \"_\", \".\" and \"-\", up to 128; a digest goes to image.digest" .image.tag) -}}
{{- end -}}
{{- if and .loadBalancerClass (not (regexMatch `^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$` .loadBalancerClass)) -}}
{{- $complaints = append $complaints (printf "loadBalancerClass %q can be the class of no Service: it is a name such as metallb or example.com/metallb" .loadBalancerClass) -}}
{{- end -}}
{{- toJson $complaints -}}
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

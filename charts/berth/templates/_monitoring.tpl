{{/* The files of deploy/monitoring that the values ask for, as a JSON list of paths. */}}
{{- define "berth.monitoringPaths" -}}
{{- $prometheus := .Values.prometheus -}}
{{- $paths := list -}}
{{- if $prometheus.podMonitor.enabled -}}
{{- $paths = append $paths "files/monitoring/podmonitor.yaml" -}}
{{- $paths = append $paths "files/monitoring/token.yaml" -}}
{{- if and $prometheus.rbacPrometheus $prometheus.serviceAccount }}{{ $paths = append $paths "files/monitoring/discovery.yaml" }}{{ end -}}
{{- end -}}
{{- if $prometheus.prometheusRule.enabled }}{{ $paths = append $paths "files/monitoring/prometheusrule.yaml" }}{{ end -}}
{{- toJson $paths -}}
{{- end -}}

{{/* Complaints about the values under prometheus, as a JSON list of sentences. Without a cluster, nothing is known of its kinds. */}}
{{- define "berth.monitoringComplaints" -}}
{{- $prometheus := .Values.prometheus -}}
{{- $complaints := list -}}
{{- $isWanted := or $prometheus.podMonitor.enabled $prometheus.prometheusRule.enabled -}}
{{- if and $isWanted (lookup "v1" "Namespace" "" "kube-system") (not (.Capabilities.APIVersions.Has "monitoring.coreos.com/v1")) -}}
{{- $complaints = append $complaints "prometheus.podMonitor and prometheus.prometheusRule need the Prometheus operator, whose CRDs this cluster does not have: install it first, or set enabled to false" -}}
{{- end -}}
{{- if and $prometheus.serviceAccount (not $prometheus.namespace) -}}
{{- $complaints = append $complaints "prometheus.serviceAccount is set and prometheus.namespace is not: name the namespace of your Prometheus" -}}
{{- end -}}
{{- toJson $complaints -}}
{{- end -}}

{{/* Changes an object of deploy/monitoring, and prints nothing. Arguments: root, object. */}}
{{- define "berth.adaptMonitoring" -}}
{{- $prometheus := .root.Values.prometheus -}}
{{- if eq .object.kind "PodMonitor" -}}
{{- include "berth.podMonitor" . -}}
{{- else if eq .object.kind "PrometheusRule" -}}
{{- include "berth.prometheusRule" . -}}
{{- else if and (eq .object.kind "RoleBinding") (eq .object.metadata.name "berth-prometheus") -}}
{{- $subject := first .object.subjects -}}
{{- $_ := set $subject "name" $prometheus.serviceAccount -}}
{{- $_ := set $subject "namespace" $prometheus.namespace -}}
{{- end -}}
{{- end -}}

{{/* Arguments: object, values: those of podMonitor or prometheusRule. Changes the object, and prints nothing. */}}
{{- define "berth.monitoringMetadata" -}}
{{- with .values.additionalLabels }}{{ $_ := set $.object.metadata "labels" (mergeOverwrite $.object.metadata.labels .) }}{{ end -}}
{{- with .values.annotations }}{{ $_ := set $.object.metadata "annotations" . }}{{ end -}}
{{- end -}}

{{/* Arguments: root, object. */}}
{{- define "berth.podMonitor" -}}
{{- $values := .root.Values.prometheus.podMonitor -}}
{{- include "berth.monitoringMetadata" (dict "object" .object "values" $values) -}}
{{- $_ := set .object.spec "jobLabel" $values.jobLabel -}}
{{- $endpoint := first .object.spec.podMetricsEndpoints -}}
{{- range list "interval" "metricRelabelings" "relabelings" -}}
{{- $name := . -}}
{{- with get $values $name }}{{ $_ := set $endpoint $name . }}{{ end -}}
{{- end -}}
{{- end -}}

{{/* Arguments: root, object. */}}
{{- define "berth.prometheusRule" -}}
{{- $values := .root.Values.prometheus.prometheusRule -}}
{{- include "berth.monitoringMetadata" (dict "object" .object "values" $values) -}}
{{- $group := first .object.spec.groups -}}
{{- $rules := list -}}
{{- $usage := "^MetalLBAddressPoolUsage75Percent$" -}}
{{- range $group.rules -}}
{{- $rule := . -}}
{{- if regexMatch $usage .alert -}}
{{- if $values.addressPoolUsage.enabled -}}
{{- range $values.addressPoolUsage.thresholds -}}
{{- $copy := $rule | toJson | replace "75" (toString .percent) | fromJson -}}
{{- $rules = append $rules (include "berth.alert" (dict "rule" $copy "labels" .labels "excludePools" $values.addressPoolUsage.excludePools "runbooks" $values.runbooksUrl) | fromJson) -}}
{{- end -}}
{{- end -}}
{{- else if not (hasPrefix "MetalLBAddressPoolUsage" .alert) -}}
{{- $own := get $values (include "berth.alertValue" .alert) -}}
{{- if $own.enabled -}}
{{- $rules = append $rules (include "berth.alert" (dict "rule" . "labels" $own.labels "excludePools" (default "" $own.excludePools) "runbooks" $values.runbooksUrl) | fromJson) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $_ := set $group "rules" (concat $rules $values.extraAlerts) -}}
{{- end -}}

{{/* The value of an alert: MetalLBBGPSessionDown is bgpSessionDown. */}}
{{- define "berth.alertValue" -}}
{{- . | trimPrefix "MetalLB" | trimPrefix "Berth" | replace "BGP" "Bgp" | replace "BFD" "Bfd" | untitle -}}
{{- end -}}

{{/* An alert as JSON. Arguments: rule, labels, excludePools, runbooks: the URL of the folder of runbooks, or "". */}}
{{- define "berth.alert" -}}
{{- $rule := .rule -}}
{{- with .labels }}{{ $_ := set $rule "labels" . }}{{ end -}}
{{- $_ := set $rule "expr" (replace "pool!~\"\"" (printf "pool!~%q" .excludePools) $rule.expr) -}}
{{- with .runbooks -}}
{{- $_ := set $rule.annotations "runbook_url" (printf "%s/%s" (trimSuffix "/" .) (base $rule.annotations.runbook)) -}}
{{- end -}}
{{- toJson $rule -}}
{{- end -}}

import { histogram } from "../../metrics/promql/histogram.js";

/**
 * What no rule and no panel reads, and people ask for all the same: PromQL of a runbook or a proof, by who asks.
 * test/generators/lean.test.ts holds the runbooks against it.
 */
export const askedByHand: Readonly<Record<string, readonly string[]>> = {
  "runbook AlertmanagerClusterFailedPeers": ["alertmanager_cluster_reconnections_failed_total"],
  "runbook AlertmanagerConfigInconsistent": ["alertmanager_config_last_reload_success_timestamp_seconds"],
  "runbook AlertmanagerMembersInconsistent": ["alertmanager_cluster_health_score"],
  "runbook CPUThrottlingHigh": ['container_cpu_cfs_throttled_seconds_total{container!=""}'],
  "runbook CoreDNSServfailRatioHigh": ["coredns_proxy_request_duration_seconds_count"],
  "runbook EtcdLeaderChanges": ["etcd_server_heartbeat_send_failures_total"],
  "runbook EtcdSlowCommit": ["etcd_disk_backend_defrag_duration_seconds_count"],
  "runbook KubeAPIErrorBudgetBurn": [
    "apiserver_request_sli_duration_seconds_sum / apiserver_request_sli_duration_seconds_count",
  ],
  "runbook KubeClientCertificateExpiration": [
    histogram("classic", "apiserver_client_certificate_expiration_seconds", "", { increase: "1h" }).quantile(0.5),
  ],
  "runbook KubeControllerManagerNoLeader": ["leader_election_master_status"],
  "runbook KubeCronJobDidNotRun": ["kube_cronjob_status_last_schedule_time"],
  "runbook KubeDaemonSetMisScheduled": ["kube_node_spec_taint"],
  "runbook KubeDeploymentReplicasMismatch": ['kube_deployment_status_condition{status="true"}'],
  "runbook KubeDeploymentRolloutStuck": ["kube_deployment_status_replicas_unavailable"],
  "runbook KubeHpaMaxedOut": ["kube_horizontalpodautoscaler_spec_target_metric"],
  "runbook KubeJobFailed": ["kube_cronjob_status_last_successful_time"],
  "runbook KubeJobNotCompleted": ["kube_job_status_failed"],
  "runbook KubeNodePressure": ['container_fs_usage_bytes{container!=""}'],
  "runbook KubeStateMetricsListErrors": ["kube_state_metrics_list_total"],
  "runbook KubeStateMetricsWatchErrors": ["kube_state_metrics_watch_total"],
  "runbook KubeletPlegDurationHigh": ["kubelet_running_containers"],
  "runbook NodeClockNotSynchronising": ["node_timex_maxerror_seconds"],
  "runbook NodeConntrackAlmostFull": ["node_nf_conntrack_stat_drop"],
  "runbook NodeExporterCollectorFailed": ["node_scrape_collector_duration_seconds", "node_scrape_collector_success"],
  "runbook NodeFileDescriptorLimit": ['container_file_descriptors{container!=""}'],
  "runbook NodeNetworkInterfaceFlapping": ["node_network_up"],
  "runbook NodeNetworkReceiveErrs": ["node_network_receive_fifo_total", "node_network_receive_frame_total"],
  "runbook NodeNetworkTransmitErrs": ["node_network_mtu_bytes", "node_network_transmit_carrier_total"],
  "runbook NodeRAIDDiskFailure": ["node_md_disks"],
  "runbook ProbeCertificateExpiresSoon": ["probe_ssl_last_chain_info"],
  "runbook ProbeSlow": ["probe_dns_duration_seconds"],
  "runbook PrometheusBadConfig": ["prometheus_config_last_reload_success_timestamp_seconds"],
  "runbook PrometheusHighQueryLoad": ["prometheus_http_request_duration_seconds_sum"],
  "runbook PrometheusKubernetesListWatchFailures": ["prometheus_sd_last_update_timestamp_seconds"],
  "runbook PrometheusMissingRuleEvaluations": ["prometheus_rule_group_interval_seconds"],
  "runbook PrometheusNotConnectedToAlertmanagers": ['prometheus_sd_discovered_targets{name="notify"}'],
  "runbook PrometheusNotIngestingSamples": ["prometheus_tsdb_head_max_time_seconds"],
  "runbook PrometheusNotificationQueueRunningFull": ['prometheus_notifications_latency_seconds{quantile="0.9"}'],
  "runbook PrometheusRemoteWriteBehind": ["prometheus_remote_storage_samples_pending"],
  "runbook PrometheusTSDBReloadsFailing": ["prometheus_tsdb_blocks_loaded"],
  "npm run reliability": ["prometheus_tsdb_size_retentions_total"],
};

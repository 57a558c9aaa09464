import { type DashboardFile, dashboardFile } from "../lib/dashboard.js";
import { graph, stat, table } from "../lib/panels.js";
import { reads } from "../lib/variables.js";
import { process } from "./process.js";

const probed = reads("probes");
const prober = reads("blackbox-exporter");

/** What is probed: whether it answers, how fast, and how long its certificates last. */
export function probes(): DashboardFile {
  return dashboardFile({
    name: "probes",
    source: "generators/grafana/dashboards/probes.ts",
    area: "workloads",
    title: "Probes",
    description: "URLs and Services as whoever uses them sees them.",
    jobs: ["probes", "blackbox-exporter"],
    seeAlso: ["cluster"],
    rows: [
      {
        title: "At a glance",
        panels: [
          stat({
            title: "Probes",
            description: "Addresses that are probed, by each way to do so.",
            unit: "none",
            expr: `count(probe_success{${probed}})`,
          }),
          stat({
            title: "Failing",
            description: "Probes that fail now.",
            unit: "none",
            bad: [1],
            expr: `count(probe_success{${probed}}) - sum(probe_success{${probed}})`,
          }),
          table({
            title: "All of them",
            description: "Share of the last hour in which each one succeeded, and how long it takes now.",
            width: 24,
            height: 10,
            labels: { instance: "Address", module: "Module" },
            columns: [
              {
                name: "Succeeded",
                expr: `min by (instance, module) (avg_over_time(probe_success{${probed}}[1h]))`,
                unit: "percentunit",
                min: 0,
                max: 1,
              },
              {
                name: "Takes",
                expr: `max by (instance, module) (probe_duration_seconds{${probed}})`,
                unit: "s",
                min: 0,
              },
            ],
            sortBy: "Takes",
          }),
        ],
      },
      {
        title: "Over time",
        panels: [
          graph({
            title: "Succeeds",
            description: "1 where the probe succeeds, 0 where it fails.",
            unit: "none",
            max: 1,
            expr: `probe_success{${probed}}`,
            legend: "{{instance}} {{module}}",
          }),
          graph({
            title: "Time of a probe",
            description: "How long each probe takes, the look-up of the name included.",
            unit: "s",
            expr: `probe_duration_seconds{${probed}}`,
            legend: "{{instance}} {{module}}",
          }),
          graph({
            title: "Certificates last",
            description: "Until the first certificate of the chain ends. Below zero it has.",
            unit: "dtdurations",
            fromZero: false,
            expr: `probe_ssl_earliest_cert_expiry{${probed}} - time()`,
            legend: "{{instance}} {{module}}",
            empty: "No probe speaks TLS.",
            mayBeEmpty: "no probe speaks TLS",
          }),
          graph({
            title: "Look-up of the name",
            description: "How long the name server takes to give the address.",
            unit: "s",
            expr: `probe_dns_lookup_time_seconds{${probed}}`,
            legend: "{{instance}} {{module}}",
          }),
          graph({
            title: "Time of a page, by phase",
            description:
              "Where the time of a page goes, on average over all pages: connecting, TLS, waiting for the first byte, reading.",
            unit: "s",
            stacked: true,
            expr: `avg by (phase) (probe_http_duration_seconds{${probed}})`,
            legend: "{{phase}}",
            empty: "No probe asks for a page.",
            mayBeEmpty: "no probe asks for a page",
          }),
          graph({
            title: "Codes of pages",
            description: "The code that the last of all redirects answered with.",
            unit: "none",
            fromZero: false,
            expr: `probe_http_status_code{${probed}}`,
            legend: "{{instance}}",
            empty: "No probe asks for a page.",
            mayBeEmpty: "no probe asks for a page",
          }),
        ],
      },
      process(prober, "{{instance}}"),
    ],
  });
}

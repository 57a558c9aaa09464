import type { HistogramForm } from "../../../metrics/promql/histogram.js";
import { type DashboardFile, dashboardFile } from "../lib/dashboard.js";
import { graph } from "../lib/panels.js";
import { reads } from "../lib/variables.js";
import { process } from "./process.js";
import { slowest } from "./slowest.js";

const servers = reads("coredns");

/** CoreDNS: what is asked, how it is answered, and how well the cache works. */
export function coredns(form: HistogramForm): DashboardFile {
  return dashboardFile({
    name: "coredns",
    source: "generators/grafana/dashboards/coredns.ts",
    area: "control-plane",
    title: "CoreDNS",
    description: "Names that are asked for, how they are answered, and who is asked in turn.",
    jobs: ["coredns"],
    seeAlso: ["cluster"],
    rows: [
      {
        title: "Questions and answers",
        panels: [
          graph({
            title: "Questions",
            description: "Questions per second, by the type of record.",
            unit: "reqps",
            stacked: true,
            expr: `sum by (type) (rate(coredns_dns_requests_total{${servers}}[$__rate_interval]))`,
            legend: "{{type}}",
          }),
          graph({
            title: "Answers",
            description:
              "Answers per second, by code. NXDOMAIN is usual, since resolvers try search domains; SERVFAIL is not.",
            unit: "reqps",
            stacked: true,
            expr: `sum by (rcode) (rate(coredns_dns_responses_total{${servers}}[$__rate_interval]))`,
            legend: "{{rcode}}",
          }),
          graph({
            title: "Time of an answer",
            description: "Within this time 99 of 100 questions were answered, by zone.",
            unit: "s",
            expr: slowest(form, "coredns_dns_request_duration_seconds", servers, "zone"),
            legend: "{{zone}}",
          }),
          graph({
            title: "Time of those who are asked in turn",
            description: "Within this time 99 of 100 questions that were passed on were answered, by the name server.",
            unit: "s",
            mayBeEmpty: "nobody asks for names outside the cluster",
            expr: slowest(form, "coredns_proxy_request_duration_seconds", servers, "to"),
            legend: "{{to}}",
          }),
          graph({
            title: "Found in the cache",
            description: "Share of the questions that the cache answered.",
            unit: "percentunit",
            max: 1,
            mayBeEmpty: "a CoreDNS without the plugin cache",
            expr: [
              `sum by (instance) (rate(coredns_cache_hits_total{${servers}}[$__rate_interval]))`,
              `/ sum by (instance) (rate(coredns_cache_requests_total{${servers}}[$__rate_interval]))`,
            ].join(" "),
            legend: "{{instance}}",
          }),
          graph({
            title: "Panics",
            description: "Questions within ten minutes on which CoreDNS stumbled.",
            unit: "none",
            bad: [1],
            expr: `sum(increase(coredns_panics_total{${servers}}[10m]))`,
            legend: "panics",
          }),
        ],
      },
      process(servers, "{{instance}}"),
    ],
  });
}

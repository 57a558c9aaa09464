import { type Draft, graph } from "../lib/panels.js";

/** Requests of a part of Kubernetes to the API server: every such part counts them alike. */
export function clientRequests(matchers: string): Draft {
  return graph({
    title: "Requests to the API server",
    description: "Requests per second by status code. Anything but 2xx, above all `<error>`, does not get through.",
    unit: "reqps",
    expr: `sum by (code) (rate(rest_client_requests_total{${matchers}}[$__rate_interval]))`,
    legend: "{{code}}",
  });
}

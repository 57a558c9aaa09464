/** Folders inside Prometheus' container. */
export const paths = {
  config: "/etc/prometheus/config",
  scrape: "/etc/prometheus/scrape",
  rules: "/etc/prometheus/rules",
  /** What `components/agent-on-nodes` tells an agent of its node. */
  node: "/etc/prometheus/node",
  data: "/prometheus",
} as const;

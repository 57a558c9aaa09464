/** Folders inside Prometheus' container. */
export const paths = {
  config: "/etc/prometheus/config",
  scrape: "/etc/prometheus/scrape",
  rules: "/etc/prometheus/rules",
  data: "/prometheus",
} as const;

/** Folders inside Prometheus' container. */
export const paths = {
  config: "/etc/prometheus/config",
  scrape: "/etc/prometheus/scrape",
  data: "/prometheus",
} as const;

/** Names of the parts of Thanos: of their Services, jobs and pods. */
export const names = {
  sidecar: "thanos-sidecar",
  query: "thanos-query",
  queryFrontend: "thanos-query-frontend",
  store: "thanos-store",
  compact: "thanos-compact",
} as const;

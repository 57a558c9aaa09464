/**
 * Names of the modules, that is, of the ways to probe. What each one does is in `config.ts`; apart from it, so that the
 * settings can check names without loading the rest.
 */
export const moduleNames = ["http_2xx", "tcp_connect", "tls", "tls_cluster_ca", "tls_expiry", "dns_cluster"] as const;

export type ModuleName = (typeof moduleNames)[number];

/** The module of a probe that names none. */
export const defaultModule: ModuleName = "http_2xx";

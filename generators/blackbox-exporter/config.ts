import { because } from "../lib/because.js";
import type { Settings } from "../settings/index.js";
import type { ModuleName } from "../settings/probe-modules.js";

/**
 * The part of blackbox-exporter's configuration that this bundle uses, in its own words.
 *
 * Source: https://github.com/prometheus/blackbox_exporter/blob/v0.28.0/CONFIGURATION.md
 */
interface Module {
  readonly prober: "http" | "tcp" | "dns";
  readonly http?: AddressFamily;
  readonly tcp?: AddressFamily & { readonly tls?: true; readonly tls_config?: TlsConfig };
  readonly dns?: AddressFamily & {
    readonly query_name: string;
    readonly query_type: "A";
    readonly valid_rcodes: readonly string[];
  };
}

interface AddressFamily {
  readonly preferred_ip_protocol: "ip4";
}

type TlsConfig = { readonly ca_file: string } | { readonly insecure_skip_verify: true };

/** Folder in the container with the CA of the cluster. */
export const clusterCaFolder = "/etc/blackbox-exporter/cluster-ca";

const family: AddressFamily = { preferred_ip_protocol: "ip4" };

/** blackbox.yml: each way to probe. How long a probe may take is said by Prometheus: a little less than scrape.timeout. */
export function config({ cluster }: Settings): { readonly modules: Readonly<Record<ModuleName, Module>> } {
  const tls = (tls_config?: TlsConfig): Module => ({
    prober: "tcp",
    tcp: { ...family, tls: true, ...(tls_config && { tls_config }) },
  });
  return {
    modules: because(
      {
        http_2xx: { prober: "http", http: family },
        tcp_connect: { prober: "tcp", tcp: family },
        tls: tls(),
        tls_cluster_ca: tls({ ca_file: `${clusterCaFolder}/ca.crt` }),
        tls_expiry: tls({ insecure_skip_verify: true }),
        dns_cluster: {
          prober: "dns",
          dns: {
            ...family,
            query_name: `kubernetes.default.svc.${cluster.domain}`,
            query_type: "A",
            valid_rcodes: ["NOERROR"],
          },
        },
      },
      {
        http_2xx:
          "A page that answers, after redirects, and whose certificate is valid where it has one. By IPv6 only where there is no IPv4: few clusters have a way out by it.",
        tls_expiry:
          "Of a certificate that is not valid, verification would tell no more than that. This one reads when it ends, whoever signed it.",
      },
    ),
  };
}

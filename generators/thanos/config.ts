import type { ConfigFile } from "../lib/base-and-component.js";
import { because } from "../lib/because.js";
import type { Settings } from "../settings/index.js";
import { names } from "./names.js";
import { ports } from "./pod.js";

const source = "generators/thanos/config.ts";

/**
 * Whom the Querier asks for series. An overlay patches it, for more clusters.
 *
 * Source: https://thanos.io/tip/components/query.md/#endpoints
 */
export function endpoints({ thanos: { clusters, insecureClusters } }: Settings): ConfigFile {
  return {
    name: "endpoints.yml",
    about: "Whom the Querier asks for series.",
    source,
    content: {
      endpoints: [
        because(
          { address: `dns+${names.sidecar}:${ports.grpc.number}` },
          "Each sidecar by itself: replicas of Prometheus have samples of their own.",
        ),
        because(
          { address: `${names.store}:${ports.grpc.number}`, strict: true },
          "Any one of the Store Gateways, as each has every block. strict: while none answers, a query of what they have says that it is partial.",
        ),
        ...clusters.map((address) => ({ address, strict: true, client_config: { tls_config: { enabled: true } } })),
        ...insecureClusters.map((address) => ({ address, strict: true })),
      ],
    },
  };
}

/**
 * What the Query Frontend keeps of answers, in its memory.
 *
 * Source: https://thanos.io/tip/components/query-frontend.md/#in-memory
 */
export function cache(): ConfigFile {
  return {
    name: "cache.yml",
    about: "What the Query Frontend keeps of answers.",
    source,
    content: { type: "IN-MEMORY", config: { max_size: "128MB", max_size_items: 0, validity: "0s" } },
  };
}

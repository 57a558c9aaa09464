import { isScalar, parseDocument, visit } from "yaml";

/**
 * Fields of the discoveries that Prometheus has, and that the programs built here leave out: clouds and registries.
 * tools/ and scripts/lib/toolchain/families.ts say which are built. Source: `Name()` in discovery/ of Prometheus 3.16.
 */
const left = new Set(
  [
    ...[
      "aws",
      "azure",
      "consul",
      "digitalocean",
      "docker",
      "dockerswarm",
      "ec2",
      "ecs",
      "elasticache",
      "eureka",
      "gce",
    ],
    ...["hetzner", "ionos", "kuma", "lightsail", "linode", "marathon", "msk", "nerve", "nomad", "oci", "openstack"],
    ...["outscale", "ovhcloud", "puppetdb", "rds", "scaleway", "serverset", "stackit", "triton", "uyuni", "vultr"],
  ].map((name) => `${name}_sd_configs`),
);

/**
 * Takes the discoveries out of a configuration that promtool here would not know. All else stays on its line.
 *
 * @returns the rest, and the fields that were taken out
 */
export function withoutLeftOut(text: string): { readonly text: string; readonly fields: readonly string[] } {
  const found: { field: string; start: number; end: number }[] = [];
  visit(parseDocument(text), {
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || typeof key.value !== "string" || !left.has(key.value) || !key.range) return;
      const end =
        (value as { range?: readonly [number, number, number] | null } | null)?.range?.[1] ?? key.range[1] + 1;
      const comma = /^\s*,/.exec(text.slice(end))?.[0] ?? "";
      found.push({ field: key.value, start: key.range[0], end: end + comma.length });
    },
  });
  const rest = found.reduce(
    (before, { start, end }) =>
      before.slice(0, start) + before.slice(start, end).replace(/[^\n]/g, " ") + before.slice(end),
    text,
  );
  return { text: rest, fields: [...new Set(found.map(({ field }) => field))] };
}

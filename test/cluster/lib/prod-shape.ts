import { hasIpv6 } from "../../../scripts/lib/cluster/prerequisites.js";

/** The arguments of `npm run up` for a cluster that overlays/prod runs on, which tests share: of both families, IPv6 first. */
export const prodShape: readonly string[] = [
  ...["--kubelet-tls", "cluster-ca", "--nodes", "2"],
  ...(hasIpv6() ? ["--ip-families", "IPv6,IPv4"] : []),
];

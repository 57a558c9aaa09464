import { platform } from "node:os";
import { type Needed, provide } from "../debian.js";
import { Failure } from "../failure.js";

const needed: readonly Needed[] = [
  { file: "runc", package: "runc" },
  { file: "/usr/lib/cni/bridge", package: "containernetworking-plugins" },
  { file: "nft", package: "nftables" },
  { file: "iptables", package: "iptables" },
  { file: "ip", package: "iproute2" },
  { file: "sysctl", package: "procps" },
  { file: "mount", package: "mount" },
  { file: "openssl", package: "openssl" },
  { file: "tini", package: "tini" },
  { file: "unshare", package: "util-linux" },
  { file: "nsenter", package: "util-linux" },
];

/**
 * Sees to it that this machine can run the embedded cluster.
 *
 * @throws Failure that says what is missing.
 */
export async function requirePrerequisites(): Promise<void> {
  const other = "or use a cluster of your own: npm run up -- --context NAME";
  if (platform() !== "linux") throw new Failure("the embedded cluster runs on Linux only", other.replace("or ", ""));
  requireRoot();
  await provide(needed, "the embedded cluster");
}

/** @throws Failure when this process is not root's. */
export function requireRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new Failure(
    "the embedded cluster makes namespaces, mounts and network interfaces: it needs root",
    "run it with sudo, or use a cluster of your own: npm run up -- --context NAME",
  );
}

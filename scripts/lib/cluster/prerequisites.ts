import { existsSync } from "node:fs";
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
  // Not /bin/busybox itself: that of the package busybox needs libraries, which an image has not.
  { file: "/usr/share/doc/busybox-static/copyright", package: "busybox-static" },
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

/** Whether the kernel speaks IPv6: it says nothing of interfaces where it does not. */
export function hasIpv6(): boolean {
  return existsSync("/proc/net/if_inet6");
}

/** @throws Failure when the kernel does not speak IPv6. */
export function requireIpv6(): void {
  if (hasIpv6()) return;
  throw new Failure(
    "this machine's kernel has no IPv6, which --ip-families names",
    "say --ip-families IPv4, or leave it out",
  );
}

/** @throws Failure when this process is not root's. */
export function requireRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new Failure(
    "the embedded cluster makes namespaces, mounts and network interfaces: it needs root",
    "run it with sudo, or use a cluster of your own: npm run up -- --context NAME",
  );
}

import assert from "node:assert/strict";
import { test } from "uvu";
import { rules } from "../../../../scripts/lib/cluster/enforcement.js";
import { type Families, layoutOf, placeOf } from "../../../../scripts/lib/cluster/layout.js";

const lines = (...families: Families) => rules(layoutOf(placeOf(), 0, families)).map((rule) => rule.join(" "));

test("what is known, the node itself and every node get through before anything of pods is queued", () => {
  assert.deepEqual(
    lines("IPv4").filter((line) => line.includes("POSTROUTING")),
    [
      "-m addrtype --src-type LOCAL -j RETURN",
      "-m conntrack --ctstate ESTABLISHED,RELATED -j RETURN",
      "-s 10.250.0.0/24 -j RETURN",
      "-s 10.250.64.0/18 -j NFQUEUE --queue-num 100",
      "-d 10.250.64.0/18 -j NFQUEUE --queue-num 100",
    ].map((rule) => `iptables -w -t mangle -A POSTROUTING ${rule}`),
  );
});

test("what a pod sends to its own node is queued too", () => {
  assert.ok(lines("IPv4").includes("iptables -w -t mangle -A INPUT -s 10.250.64.0/18 -j NFQUEUE --queue-num 100"));
});

test("IPv6 is queued only where there is any, and never what neighbours find each other by", () => {
  assert.ok(!lines("IPv4").some((line) => line.startsWith("ip6tables")));
  const of = lines("IPv6", "IPv4").filter((line) => line.startsWith("ip6tables") && line.includes("INPUT"));
  const icmp = of.findIndex((line) => line.endsWith("-p ipv6-icmp -j RETURN"));
  assert.ok(icmp >= 0 && icmp < of.findIndex((line) => line.includes("NFQUEUE")));
});

test.run();

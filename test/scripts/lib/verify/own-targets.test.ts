import assert from "node:assert/strict";
import { test } from "uvu";
import { ownTargets } from "../../../../scripts/lib/verify/own-targets.js";

test("what a job names itself must be there, at its address and path", () => {
  const job = {
    job_name: "shop",
    params: { format: ["prometheus"], a: ["b c"] },
    static_configs: [{ targets: ["shop.shop.svc:8080", "[2001:DB8::0:1]:9100", "cart.shop.svc"] }],
  };
  const found = ownTargets(job)?.map(({ owner, addresses, path, required }) => [owner, addresses[0], path, required]);
  assert.deepEqual(found, [
    ["target shop.shop.svc:8080", "shop.shop.svc:8080", "/metrics?a=b+c&format=prometheus", true],
    ["target [2001:DB8::0:1]:9100", "[2001:db8::1]:9100", "/metrics?a=b+c&format=prometheus", true],
    ["target cart.shop.svc", "cart.shop.svc:80", "/metrics?a=b+c&format=prometheus", true],
  ]);
});

test("of a job that discovers nobody knows here", () => {
  assert.equal(ownTargets({ job_name: "shop", kubernetes_sd_configs: [{ role: "pod" }] }), undefined);
  assert.deepEqual(ownTargets({ job_name: "shop" }), []);
});

test.run();

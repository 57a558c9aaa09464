import assert from "node:assert/strict";
import { test } from "uvu";
import { discoveryAccess } from "../../../../scripts/lib/checks/discovery-access.js";
import { messages, object } from "./fixtures.js";
import { job, prometheus } from "./prometheus/fixtures.js";

const group = "rbac.authorization.k8s.io/v1";
const sd = (namespace: string) => ({ kubernetes_sd_configs: [{ role: "pod", namespaces: { names: [namespace] } }] });
const role = (namespace: string, verbs: string[]) => [
  object(group, "Role", { namespace }, { rules: [{ apiGroups: [""], resources: ["pods"], verbs }] }),
  object(
    group,
    "RoleBinding",
    { namespace },
    {
      roleRef: { kind: "Role", name: "app" },
      subjects: [{ kind: "ServiceAccount", name: "default", namespace: "monitoring" }],
    },
  ),
];

test("a job in another namespace needs a Role there", async () => {
  const run = (...roles: ReturnType<typeof role>) =>
    messages(discoveryAccess, ...prometheus({ "m.scrape.yml": job(sd("my-team")) }), ...roles);
  const says = "ConfigMap monitoring/config: job mine needs what ServiceAccount monitoring/default may not do:";
  assert.deepEqual(await run(...role("my-team", ["list", "watch"])), []);
  assert.deepEqual(await run(...role("my-team", ["list"])), [`${says} watch pods in my-team`]);
  assert.deepEqual(await run(...role("their-team", ["list", "watch"])), [
    `${says} list pods in my-team, watch pods in my-team`,
  ]);
});

test("a job that discovers through another API server, or not at all, needs none", async () => {
  const elsewhere = { kubernetes_sd_configs: [{ role: "pod", api_server: "https://example.com" }] };
  for (const config of [elsewhere, { static_configs: [{ targets: ["a:80"] }] }]) {
    assert.deepEqual(await messages(discoveryAccess, ...prometheus({ "m.scrape.yml": job(config) })), []);
  }
});

test.run();

import assert from "node:assert/strict";
import { test } from "uvu";
import { serviceAddress } from "../../proof/lib/queries/where.js";
import { apply } from "../../scripts/lib/apply.js";
import { applyObjects, type Kubectl } from "../../scripts/lib/kubectl.js";
import { render } from "../../scripts/lib/render.js";
import { verify } from "../../scripts/lib/verify/index.js";
import { problemsOf } from "../../scripts/lib/verify/report.js";
import { devbox } from "./lib/devbox.js";
import { eventually } from "./lib/eventually.js";
import { withOverlay } from "./lib/overlay.js";

const overlay = "overlays/devbox";
const namespace = "monitoring-system";

/** The hash of `secret`, by bcrypt at the least cost. */
const hash = "$2a$04$zX/PHVmi0YCyN627cay3NOxvaY8ZKoI9weYtn3fgbdFga9FzeQ25W";
const authorization = `Basic ${Buffer.from("admin:secret").toString("base64")}`;

const secret = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "prometheus-web", namespace },
  stringData: {
    username: "admin",
    password: "secret",
    "web-config.yml": JSON.stringify({ basic_auth_users: { admin: hash } }),
  },
};

let kubectl: Kubectl;

test.before(async () => {
  kubectl = (await devbox()).kubectl;
  await applyObjects(kubectl, [secret]);
});

test.after(async () => {
  await apply(await render(overlay), kubectl);
  await kubectl.text(["delete", "secret", secret.metadata.name, `--namespace=${namespace}`]);
});

test("with components/basic-auth every target is up, and verify logs in", async () => {
  await withOverlay({ resources: [overlay], components: ["base/components/basic-auth"] }, async (folder) => {
    await apply(await render(folder), kubectl);
    const report = await verify({ overlay: folder, kubectl, waitMilliseconds: 180_000 });
    assert.deepEqual(problemsOf(report), []);
    assert.ok(report.replicas.some(({ jobs }) => jobs.length > 0));
  });
});

for (const [service, path] of [
  ["prometheus", "/api/v1/status/buildinfo"],
  ["alertmanager", "/api/v2/status"],
] as const) {
  test(`${service} lets in who has the password, and nobody else`, async () => {
    const address = `${await serviceAddress(kubectl, service, namespace)}${path}`;
    assert.equal((await fetch(address)).status, 401);
    assert.equal((await fetch(address, { headers: { authorization: "Basic bm9ib2R5Og==" } })).status, 401);
    assert.equal((await fetch(address, { headers: { authorization } })).status, 200);
  });
}

test("Prometheus' alerts reach Alertmanager", async () => {
  const address = `${await serviceAddress(kubectl, "alertmanager", namespace)}/api/v2/alerts`;
  await eventually("the Watchdog to arrive", async () => {
    const alerts = (await (await fetch(address, { headers: { authorization } })).json()) as {
      labels: Record<string, string>;
    }[];
    return alerts.some(({ labels }) => labels.alertname === "Watchdog");
  });
});

test.run();

import assert from "node:assert/strict";
import { test } from "uvu";
import { logins } from "../../../../scripts/lib/checks/logins.js";
import { messages } from "./fixtures.js";
import { job, prometheus, service } from "./prometheus/fixtures.js";

const web = { args: ["--web.config.file=$(FILE)"], env: [{ name: "FILE", value: "/web/config.yml" }] };
const run = (config: object, container: Readonly<Record<string, unknown>> = web) =>
  messages(
    logins,
    ...prometheus({ "m.scrape.yml": job({ static_configs: [{ targets: ["app:80"] }], ...config }) }, container),
    service(),
  );

test("who asks a server with a web configuration has a login", async () => {
  assert.deepEqual(await run({ basic_auth: { username: "a" } }), []);
  assert.deepEqual(await run({ scheme: "https" }), []);
  assert.deepEqual(await run({}, { ...web, env: [{ name: "FILE" }] }), []);
  assert.deepEqual(await run({}), [
    "ConfigMap monitoring/config: job mine says no login to Deployment monitoring/app, whose --web.config.file asks for one",
  ]);
});

test("so has a probe", async () => {
  const probe = (readinessProbe: object) => run({ scheme: "https" }, { ...web, readinessProbe });
  assert.deepEqual(await probe({ exec: { command: ["true"] } }), []);
  assert.match((await probe({ httpGet: { port: 8080 } }))[0] ?? "", /readinessProbe of container app says no login/);
});

test.run();

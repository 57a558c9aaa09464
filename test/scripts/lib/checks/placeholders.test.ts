import assert from "node:assert/strict";
import { test } from "uvu";
import { placeholder } from "../../../../generators/lib/placeholder.js";
import { placeholders } from "../../../../scripts/lib/checks/placeholders.js";
import { messages, object } from "./fixtures.js";

const ingress = (host: string) =>
  object("networking.k8s.io/v1", "Ingress", {}, { spec: { tls: [{ hosts: [host] }], rules: [{ host }] } });

test("a host that was set is right", async () => {
  assert.deepEqual(await messages(placeholders, ingress("prometheus.example.test")), []);
});

test("a placeholder that is left is named once", async () => {
  assert.deepEqual(await messages(placeholders, ingress(placeholder("the host"))), [
    "Ingress monitoring/app: still says <set the host in your overlay>",
  ]);
});

test.run();

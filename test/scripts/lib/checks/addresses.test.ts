import assert from "node:assert/strict";
import { test } from "uvu";
import { addresses } from "../../../../scripts/lib/checks/addresses.js";
import { deployment, messages } from "./fixtures.js";

const env = [
  { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
  { name: "HOST", valueFrom: { fieldRef: { fieldPath: "status.hostIP" } } },
  { name: "NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
];

test("an address of the pod or its host stands in brackets before a port, in arguments and variables", async () => {
  const found = await messages(
    addresses,
    deployment({
      args: ["--advertise=$(POD_IP):9094"],
      env: [...env, { name: "AGENT", value: "http://$(HOST):8126" }],
    }),
  );
  assert.deepEqual(found, [
    "Deployment monitoring/app: container app: in --advertise=$(POD_IP):9094 an address of IPv6 would have no brackets",
    "Deployment monitoring/app: container app: in http://$(HOST):8126 an address of IPv6 would have no brackets",
  ]);
});

test("what is in brackets, what has no port and what is no address is right", async () => {
  const args = ["--advertise=[$(POD_IP)]:9094", "--ip=$(POD_IP)", "--name=$(NAME):1"];
  assert.deepEqual(await messages(addresses, deployment({ args, env })), []);
});

test.run();

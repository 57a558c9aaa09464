import assert from "node:assert/strict";
import { test } from "uvu";
import { receiver } from "../../../../proof/lib/drill/receiver.js";

test("what is posted is there, with the receiver that it was for", async () => {
  const inbox = await receiver("127.0.0.1");
  const labels = { alertname: "A", severity: "critical" };
  const alerts = ["firing", "resolved"].map((status) => ({ status, labels, annotations: {} }));
  await fetch(inbox.url("critical"), { method: "POST", body: JSON.stringify({ alerts }) });
  inbox.close();
  assert.deepEqual(
    inbox.notified.map((one) => [one.receiver, one.status, one.labels.alertname]),
    [
      ["critical", "firing", "A"],
      ["critical", "resolved", "A"],
    ],
  );
});

test.run();

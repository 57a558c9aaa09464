import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import { stringify } from "yaml";
import { Failure } from "../../../scripts/lib/failure.js";
import { kubectl, minorVersion, namedCluster } from "../../../scripts/lib/kubectl.js";

const before = { KUBECONFIG: process.env.KUBECONFIG, PATH: process.env.PATH };
let folder = "";

test.before.each(async () => {
  folder = await mkdtemp(join(tmpdir(), "kubectl-"));
  process.env.KUBECONFIG = join(folder, "config");
  await writeFile(
    process.env.KUBECONFIG,
    stringify({
      apiVersion: "v1",
      kind: "Config",
      // Nothing listens on port 1 of the loopback interface.
      clusters: [{ name: "gone", cluster: { server: "https://127.0.0.1:1" } }],
      contexts: [
        { name: "gone", context: { cluster: "gone", user: "me" } },
        { name: "work", context: { cluster: "gone", user: "me" } },
        { name: "anonymous", context: { cluster: "gone", user: "" } },
      ],
      users: [{ name: "me", user: { token: "x" } }],
      "current-context": "work",
    }),
  );
});

test.after.each(async () => {
  await rm(folder, { recursive: true, force: true });
  if (before.KUBECONFIG === undefined) delete process.env.KUBECONFIG;
  else process.env.KUBECONFIG = before.KUBECONFIG;
  process.env.PATH = before.PATH;
});

test("the minor version is read from what kubectl prints, a vendor's suffix or not", () => {
  assert.equal(minorVersion('{"clientVersion": {"gitVersion": "v1.32.4"}}'), 32);
  assert.equal(minorVersion('{"clientVersion": {"gitVersion":"v1.30.0+k3s1"}}'), 30);
  assert.equal(minorVersion("command not found"), undefined);
});

test("an unknown context is named, with those that there are", async () => {
  await assert.rejects(namedCluster("nowhere"), (error) => {
    assert.ok(error instanceof Failure);
    assert.match(error.message, /no context nowhere/);
    assert.match(error.cure ?? "", /anonymous, gone, work/);
    return true;
  });
});

test("a cluster that does not answer is said to be that of its context", async () => {
  await assert.rejects(namedCluster("gone"), (error) => {
    assert.ok(error instanceof Failure);
    assert.match(error.message, /the cluster of context gone does not answer: .*refused/s);
    return true;
  });
});

test("kubectl does not wait for an answer where it would ask for a user", async () => {
  const tooLong = sleep(60_000, undefined, { ref: false }).then(() => assert.fail("it waits"));
  const answer = Promise.race([namedCluster("anonymous"), tooLong]);
  await assert.rejects(answer, /the cluster of context anonymous does not answer/);
});

test("a kubectl too old for a cluster of the user's own is refused with its version", async () => {
  const old = join(folder, "kubectl");
  await writeFile(old, `#!/bin/sh\necho '{"clientVersion": {"gitVersion": "v1.27.3"}}'\n`, { mode: 0o755 });
  process.env.PATH = `${folder}:${before.PATH}`;
  await assert.rejects(namedCluster("work"), (error) => {
    assert.ok(error instanceof Failure);
    assert.match(error.message, /is kubectl 1\.27/);
    assert.match(error.cure ?? "", /1\.30 or newer/);
    return true;
  });
});

test("each call says its cluster, and never leaves it to the current context", async () => {
  const command = join(folder, "echo-arguments");
  await writeFile(command, '#!/bin/sh\necho "$@"\n', { mode: 0o755 });
  const bound = kubectl({ kubeconfig: "/a/config", context: "b", command });
  assert.equal((await bound.raw("/readyz")).trim(), "--kubeconfig /a/config --context b get --raw /readyz");
});

test("what kubectl complains about is in the error, with the command", async () => {
  const command = join(folder, "fails");
  await writeFile(command, "#!/bin/sh\necho 'no such thing' >&2\nexit 1\n", { mode: 0o755 });
  await assert.rejects(kubectl({ context: "b", command }).text(["get", "pods"]), {
    name: "Failure",
    message: "kubectl --context b get pods failed:\nno such thing",
  });
  assert.equal(await kubectl({ command }).text(["diff"], { accept: [0, 1] }), "");
});

test.run();

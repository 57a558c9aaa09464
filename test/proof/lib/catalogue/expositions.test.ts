import assert from "node:assert/strict";
import { test } from "uvu";
import { tidied } from "../../../../proof/lib/catalogue/expositions.js";
import { readExpositions } from "../../../../scripts/lib/read-expositions.js";

test("a recording says nothing of what else the machine mounts, nor of its kernel", () => {
  const exposed = [
    "# HELP a b",
    "# TYPE a gauge",
    'a{device="x",mountpoint="/mnt/mine"} 1',
    'a{mountpoint="/"} 1',
    'node_uname_info{nodename="devbox",release="1.2-mine"} 1\n',
  ].join("\n");
  assert.equal(
    tidied(exposed),
    '# TYPE a gauge\na{mountpoint="/"} 1\nnode_uname_info{nodename="devbox",release="6.18.0"} 1\n',
  );
});

test("every recording is there to read, each with a target that has an instance", async () => {
  const targets = await readExpositions();
  assert.ok(targets.length >= 19, `${targets.length} targets`);
  assert.ok(targets.every(({ labels, exposition }) => labels.instance && exposition.at(0, 1).includes(" 1\n")));
});

test("a file that is no recording is named", async () => {
  await assert.rejects(readExpositions("/nowhere"), /nowhere/);
});

test.run();

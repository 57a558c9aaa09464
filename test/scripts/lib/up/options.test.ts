import assert from "node:assert/strict";
import { test } from "uvu";
import { Failure } from "../../../../scripts/lib/failure.js";
import { upOptions } from "../../../../scripts/lib/up/options.js";

function refused(args: readonly string[], message: RegExp, cure: RegExp): void {
  assert.throws(
    () => upOptions(args),
    (error) => error instanceof Failure && message.test(error.message) && cure.test(error.cure ?? ""),
    args.join(" "),
  );
}

test("without options it is the devbox overlay on one node that signs its own certificate", () => {
  assert.deepEqual(upOptions([]), {
    overlay: "overlays/devbox",
    kubeletTls: "self-signed",
    nodes: 1,
    dualStack: false,
  });
});

test("each option counts", () => {
  const shape = ["--kubelet-tls", "cluster-ca", "--nodes", "2", "--dual-stack"];
  assert.deepEqual(upOptions(["--overlay", "overlays/prod", ...shape]), {
    overlay: "overlays/prod",
    kubeletTls: "cluster-ca",
    nodes: 2,
    dualStack: true,
  });
  assert.equal(upOptions(["--context", "work"]).context, "work");
});

test("a wrong option is named, with what would be right", () => {
  refused(["--nodes", "3"], /--nodes is "3"/, /1 or 2/);
  refused(["--kubelet-tls", "none"], /--kubelet-tls is "none"/, /self-signed or cluster-ca/);
  refused(["--overlai", "x"], /--overlai/, /npm run up/);
  refused(["--context"], /--context/, /npm run up/);
});

test("the shape of the embedded cluster is none of another's", () => {
  refused(["--context", "work", "--nodes", "2"], /--context names another/, /npm run up/);
  refused(["--context", "work", "--dual-stack"], /--context names another/, /npm run up/);
});

test.run();

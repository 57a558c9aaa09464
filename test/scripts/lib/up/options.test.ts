import assert from "node:assert/strict";
import { test } from "uvu";
import { Failure, Misuse } from "../../../../scripts/lib/failure.js";
import { read } from "../../../../scripts/lib/run.js";
import { upOptions, usage } from "../../../../scripts/lib/up/options.js";

const optionsOf = (args: readonly string[]) => upOptions(read(usage, args).values);

function refused(args: readonly string[], message: RegExp, cure?: RegExp): void {
  assert.throws(
    () => optionsOf(args),
    (error) => {
      const isSaid =
        cure === undefined ? error instanceof Misuse : error instanceof Failure && cure.test(error.cure ?? "");
      return isSaid && message.test((error as Failure).message);
    },
    args.join(" "),
  );
}

test("without options it is the devbox overlay on one node that signs its own certificate", () => {
  assert.deepEqual(optionsOf([]), {
    overlay: "overlays/devbox",
    kubeletTls: "self-signed",
    nodes: 1,
    families: ["IPv4"],
  });
});

test("each option counts", () => {
  const shape = ["--kubelet-tls", "cluster-ca", "--nodes", "2", "--ip-families", "IPv6,IPv4"];
  assert.deepEqual(optionsOf(["--overlay", "overlays/prod", ...shape]), {
    overlay: "overlays/prod",
    kubeletTls: "cluster-ca",
    nodes: 2,
    families: ["IPv6", "IPv4"],
  });
  assert.equal(optionsOf(["--context", "work"]).context, "work");
  assert.equal(optionsOf(["--name", "b"]).name, "b");
});

test("a wrong option is named, with what would be right", () => {
  refused(["--nodes", "3"], /--nodes is "3"/, /1 or 2/);
  refused(["--kubelet-tls", "none"], /--kubelet-tls is "none"/, /self-signed or cluster-ca/);
  refused(["--ip-families", "ipv6"], /--ip-families is "ipv6"/, /IPv4 or IPv6 or IPv4,IPv6 or IPv6,IPv4/);
  refused(["--overlai", "x"], /--overlai/);
  refused(["--context"], /--context/);
});

test("the shape of the embedded cluster is none of another's", () => {
  refused(["--context", "work", "--nodes", "2"], /--context names another/);
  refused(["--context", "work", "--name", "b"], /--context names another/);
  refused(["--context", "work", "--ip-families", "IPv6"], /--context names another/);
});

test.run();

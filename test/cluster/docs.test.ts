import assert from "node:assert/strict";
import { test } from "uvu";
import { placeOf } from "../../scripts/lib/cluster/layout.js";
import { provide } from "../../scripts/lib/debian.js";
import { documents, notPrinted, readCommands } from "../lib/commands.js";
import { type Session, session } from "../lib/run-commands.js";
import { type Devbox, devbox } from "./lib/devbox.js";

let box: Devbox;

test.before(async () => {
  await provide([{ file: "htpasswd", package: "apache2-utils" }], "the test of the documents");
  box = await devbox();
  // That of overlays/prod, for the commands that put something there.
  await box.kubectl.text(["create", "namespace", "monitoring"]);
});

test.after(async () => {
  await box?.kubectl.text(["delete", "namespace", "monitoring"]);
  // Who applies the overlay by hand asks for Grafana too, which npm run up leaves out where its image is not to be had.
  await box?.kubectl.text([
    "delete",
    "deployment",
    "grafana",
    "--namespace",
    "monitoring-system",
    "--ignore-not-found",
  ]);
});

for (const document of documents) {
  let shell: Session;

  for (const block of (await readCommands(document)).filter(({ how }) => how.where === "live")) {
    test(`${document}:${block.line}: ${block.text.split("\n")[0]}`, async () => {
      shell ??= await session({ KUBECONFIG: placeOf().kubeconfig });
      const printed = await shell.run(block);
      if (block.output !== undefined) assert.deepEqual(notPrinted(block.output, printed), [], printed);
    });
  }

  test(`the commands of ${document} leave nothing behind`, async () => {
    await shell.end();
    // Several documents make the same Secrets.
    await box.kubectl.text(["delete", "secrets", "--all", "--namespace=monitoring"]);
  });
}

test.run();

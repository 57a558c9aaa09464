import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import { stringify } from "yaml";
import { silent } from "../../generators/alertmanager/config.js";
import { folders, pod } from "../../generators/alertmanager/pod.js";
import { defaults } from "../../generators/settings/index.js";
import { temporaryFolder } from "../../scripts/lib/poc/folder.js";
import { freePort } from "../../scripts/lib/poc/ports.js";
import { start } from "../../scripts/lib/poc/program.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";
import { eventually } from "../cluster/lib/eventually.js";

/*
 * Peers are told where a replica is by the replica itself, which by default looks for a private address. So the real
 * Alertmanager is asked what it tells, with the arguments of its pod.
 */
for (const address of ["10.244.0.7", "240.1.0.1", "203.0.113.9", "2001:db8::7", "fd00::7"]) {
  test(`a pod at ${address} tells its peers that`, async () => {
    const folder = await temporaryFolder();
    const [http, gossip] = [await freePort(), await freePort()];
    await writeFile(join(folder, "alertmanager.yml"), stringify(silent(defaults)));
    const args = pod(defaults, {}).spec?.containers[0]?.args?.map((arg) =>
      arg
        .replace("$(POD_IP)", address)
        .replace("$(WEB_CONFIG_FILE)", "")
        .replace("$(EXTERNAL_URL)", "")
        .replace(`=${folders.config}/`, `=${folder}/`)
        .replace(/^(--storage.path=).*/, `$1${join(folder, "data")}`)
        .replace(/^(--web.listen-address=):\d+$/, `$1127.0.0.1:${http}`)
        .replace(/^(--cluster.listen-address=):\d+$/, `$1127.0.0.1:${gossip}`)
        .replace(/^--cluster.peer=.*/, `--cluster.peer=127.0.0.1:${gossip}`),
    );
    const ended: Error[] = [];
    const program = await toolchain.tool("alertmanager");
    const running = start("Alertmanager", program, args ?? [], folder, (failure) => ended.push(failure));
    try {
      await eventually(
        "Alertmanager to say where it is",
        async () => {
          if (ended[0] !== undefined) throw ended[0];
          const { cluster } = (await (await fetch(`http://127.0.0.1:${http}/api/v2/status`)).json()) as Status;
          const [peer] = cluster.peers;
          assert.equal(peer?.address, address.includes(":") ? `[${address}]:9094` : `${address}:9094`);
          return true;
        },
        20_000,
      );
    } finally {
      await running.stop();
      await rm(folder, { recursive: true });
    }
  });
}

interface Status {
  readonly cluster: { readonly peers: readonly { readonly address: string }[] };
}

test.run();

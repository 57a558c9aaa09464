import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import { stringify } from "yaml";
import { silent } from "../../generators/alertmanager/config.js";
import { pod as alertmanagerPod } from "../../generators/alertmanager/pod.js";
import { pod as prometheusPod } from "../../generators/prometheus/pod.js";
import { defaults, settingsFrom } from "../../generators/settings/index.js";
import { temporaryFolder } from "../../scripts/lib/poc/folder.js";
import { start } from "../../scripts/lib/poc/program.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";
import { eventually } from "../cluster/lib/eventually.js";
import { freePort } from "../lib/ports.js";

/*
 * The real programs with the arguments of their pods: whatever the address under which people reach them, probes, scrapes
 * and the API are where they are without one.
 */
const url = "https://example.com/watching";
const settings = settingsFrom({ externalUrls: { prometheus: url, alertmanager: url } });
const programs = {
  prometheus: {
    tool: await toolchain.tool("prometheus"),
    pods: [settings, defaults].map((one) => prometheusPod(one, { replica: { value: "0" } })),
    paths: ["/-/ready", "/-/healthy", "/metrics", "/api/v1/targets"],
    config: stringify({ global: { scrape_interval: "15s" } }),
  },
  alertmanager: {
    tool: await toolchain.tool("alertmanager"),
    pods: [settings, defaults].map((one) => alertmanagerPod(one, {})),
    paths: ["/-/ready", "/-/healthy", "/metrics", "/api/v2/status"],
    config: stringify(silent(defaults)),
  },
};

for (const [name, { tool, pods, paths, config }] of Object.entries(programs)) {
  for (const [index, pod] of pods.entries()) {
    test(`${name} answers where it is asked, ${index === 0 ? "under an address with a path" : "without any address"}`, async () => {
      const folder = await temporaryFolder();
      const [port, gossip] = [await freePort(), await freePort()];
      const [container] = pod.spec?.containers ?? [];
      const values: Record<string, string> = { POD_IP: "10.0.0.1", RETENTION_TIME: "1d", RETENTION_SIZE: "1GB" };
      for (const { name, value = values[name] ?? "" } of container?.env ?? []) values[name] = value;
      const args = (container?.args ?? [])
        .map((arg) => arg.replace(/\$\((\w+)\)/g, (_, variable: string) => values[variable] ?? assert.fail(variable)))
        .map((arg) => arg.replace(/^(--config.file=).*/, `$1${join(folder, "config.yml")}`))
        .map((arg) => arg.replace(/^(--storage\.(?:tsdb\.)?path=).*/, `$1${join(folder, "data")}`))
        .map((arg) => arg.replace(/^(--web.listen-address=).*/, `$1127.0.0.1:${port}`))
        .map((arg) => arg.replace(/^(--cluster.listen-address=).*/, `$1127.0.0.1:${gossip}`))
        .map((arg) => arg.replace(/^(--cluster.peer=).*/, `$1127.0.0.1:${gossip}`));
      await writeFile(join(folder, "config.yml"), config);
      const ended: Error[] = [];
      const running = start(name, tool, args, folder, (failure) => ended.push(failure));
      try {
        for (const path of paths) {
          await eventually(
            `${name} at ${path}`,
            async () => {
              if (ended[0] !== undefined) throw ended[0];
              return (await fetch(`http://127.0.0.1:${port}${path}`)).status === 200;
            },
            20_000,
          );
        }
        const flag = args.find((arg) => arg.startsWith("--web.external-url="));
        assert.equal(flag, `--web.external-url=${index === 0 ? url : ""}`);
      } finally {
        await running.stop();
        await rm(folder, { recursive: true });
      }
    });
  }
}

test.run();

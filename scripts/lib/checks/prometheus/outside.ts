import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { $ } from "zx";
import { outsideAccessOf } from "../../../../generators/bare-metal/access.js";
import { nowhere, outside, outsideJobs } from "../../../../generators/bare-metal/outside.js";
import { accountOf } from "../../bundle/index.js";
import { outsideBundle } from "../../bundle/outside.js";
import { accessRequestsFor, ungranted, words } from "../../bundle/permissions.js";
import { nameOf } from "../../rendered/objects.js";
import { projectSettings } from "../../settings.js";
import { withTemporaryFolder } from "../../temporary-folder.js";
import { toolchain } from "../../toolchain/index.js";
import type { Check, Finding } from "../check.js";

/**
 * What a Prometheus outside of the cluster reads is what promtool accepts, and the overlay that is for one lets it do
 * what its jobs need.
 */
export const prometheusOutside: Check = {
  name: "prometheus outside",
  program: "promtool",
  run: async (rendered) => {
    const account = accountOf(rendered.objects);
    const namespace = account?.metadata.namespace;
    if (account === undefined || namespace === undefined) return [];
    const settings = { ...projectSettings(), namespace };
    const bundle = outsideBundle(rendered, {
      address: `http://127.0.0.1:${nowhere.port}`,
      apiServer: nowhere.apiServer,
    });
    const lacking = outsideJobs(settings).flatMap(({ config }): Finding[] => {
      // What is in namespaces of others may be in an overlay of its own.
      const here = outsideAccessOf(config, namespace).filter(({ scope }) => typeof scope === "string");
      const missing = ungranted(bundle, accessRequestsFor(here, namespace));
      if (missing.length === 0) return [];
      return [
        {
          object: nameOf(account),
          message: `may not do what job ${config.job_name} needs: ${missing.map(words).join(", ")}`,
          fix: "list base/prometheus-outside as it is: its roles follow from the jobs",
        },
      ];
    });
    return [...lacking, ...(await promtool(outside(settings), nameOf(account)))];
  },
};

async function promtool(files: ReadonlyMap<string, string>, object: string): Promise<Finding[]> {
  return await withTemporaryFolder(async (folder) => {
    // The two that no generator knows: that they are there is enough.
    for (const [path, text] of [...files, ["ca.crt", ""], ["token", ""]] as const) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const command = await toolchain.tool("promtool");
    const { exitCode, stdout, stderr } = await $({
      quiet: true,
      nothrow: true,
    })`${command} check config --lint-fatal ${join(folder, "prometheus.yml")}`;
    if (exitCode === 0) return [];
    const wrong = `${stdout}\n${stderr}`.split("\n").filter((line) => /FAILED|error/i.test(line));
    const message = `the configuration that npm run outside writes is refused: ${wrong.join("; ").replaceAll(folder, "base/bare-metal")}`;
    return [{ object, message, fix: "correct generators/bare-metal/, or the job that it names" }];
  });
}

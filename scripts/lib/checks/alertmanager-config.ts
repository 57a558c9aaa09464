import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { $ } from "zx";
import { type Mounted, type MountedFile, mountedIn } from "../rendered/mounted.js";
import type { Rendered } from "../rendered/objects.js";
import { configPath, runs } from "../rendered/prometheus.js";
import { correct } from "../rendered/source.js";
import { workloadsOf } from "../rendered/workloads.js";
import { withTemporaryFolder } from "../temporary-folder.js";
import { toolchain } from "../toolchain/index.js";
import type { Check, Finding } from "./check.js";
import { danglingIn } from "./prometheus/dangling.js";

/** What Alertmanager reads is what amtool accepts, and the files that it refers to are mounted. */
export const alertmanagerConfig: Check = {
  name: "alertmanager config",
  program: "amtool",
  async run(rendered) {
    const { objects } = rendered;
    const found = workloadsOf({ objects }).flatMap((workload) =>
      workload.containers
        .filter((container) => runs(container, "alertmanager"))
        .map(async (container): Promise<Finding[]> => {
          const path = configPath(container, workload.namespace, objects, "/etc/alertmanager/alertmanager.yml");
          const mounted = mountedIn(container, workload, objects);
          const file = path === undefined ? undefined : mounted.files.get(path);
          if (path === undefined || mounted.unknown.some((folder) => path.startsWith(`${folder}/`))) return [];
          if (file === undefined) {
            return [
              {
                object: workload.object,
                message: `container ${container.name} reads ${path}, where it mounts no file`,
                fix: "mount the ConfigMap with it there, or correct --config.file",
              },
            ];
          }
          return await findingsOf(path, file, mounted, rendered);
        }),
    );
    return (await Promise.all(found)).flat();
  },
};

async function findingsOf(path: string, file: MountedFile, mounted: Mounted, rendered: Rendered): Promise<Finding[]> {
  return await withTemporaryFolder(async (folder) => {
    const copy = join(folder, file.key);
    await writeFile(copy, file.text);
    const amtool = await toolchain.tool("amtool");
    const { exitCode, stdout, stderr } = await $({ quiet: true, nothrow: true })`${amtool} check-config ${copy}`;
    if (exitCode === 0) return danglingIn(file, dirname(path), mounted);
    const said = `${stdout}\n${stderr}`
      .split("\n")
      .map((line) => line.replace(/^Checking '.*?'\s*(FAILED: )?/, "").trim())
      .filter((line) => line !== "" && !line.startsWith("amtool: error: failed to validate"));
    return [
      {
        object: file.object,
        message: `${file.key}: ${said.join("; ").replaceAll(":; ", ": ").replaceAll(copy, file.key)}`,
        fix: correct(rendered, file),
      },
    ];
  });
}

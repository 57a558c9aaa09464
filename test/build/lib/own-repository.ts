import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { $ } from "zx";
import { folderUntilExit, packed } from "./packed.js";

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of somebody who has the package and nothing else of the project. */
export interface OwnRepository {
  readonly folder: string;
  /** `npm exec ... plain-prometheus init`, as docs/your-own-repository.md has it. */
  init(...args: string[]): Promise<Ended>;
  /** `npx plain-prometheus ...` in the folder. */
  verb(...args: string[]): Promise<Ended>;
  /** A command in the folder, or in another one. */
  run(command: readonly string[], cwd?: string): Promise<Ended>;
  git(...args: string[]): Promise<Ended>;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  read(path: string): Promise<string>;
}

/** An empty folder. What npm keeps does not outlive the process. */
export async function ownRepository(): Promise<OwnRepository> {
  const folder = join(await folderUntilExit(), "monitoring");
  await mkdir(folder);
  const { INIT_CWD: _, ...environment } = process.env;
  // The runner of the tests asks for colours.
  const env = {
    ...environment,
    FORCE_COLOR: "0",
    NO_COLOR: "1",
    npm_config_cache: await folderUntilExit(),
    npm_config_offline: "true",
  };
  const run: OwnRepository["run"] = async (command, cwd = folder) => {
    const { exitCode, stdout, stderr } = await $({ quiet: true, nothrow: true, cwd, env })`${command}`;
    return { code: exitCode, stdout, stderr };
  };
  return {
    folder,
    run,
    init: async (...args) =>
      run(["npm", "exec", "--yes", `--package=${await packed()}`, "--", "plain-prometheus", "init", ...args]),
    verb: (...args) => run(["npx", "plain-prometheus", ...args]),
    git: (...args) => run(["git", "-c", "user.name=test", "-c", "user.email=test@example.org", ...args]),
    async write(files) {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), text);
      }
    },
    read: (path) => readFile(join(folder, path), "utf8"),
  };
}

/**
 * What somebody makes their own: three settings, a rule, a job and a dashboard.
 *
 * @param target - address that the job asks
 */
export function ownFiles(target: string): Readonly<Record<string, string>> {
  return {
    "settings.yaml": `# yaml-language-server: $schema=settings.schema.json
scrape:
  interval: 14s
alerts:
  CPUThrottlingHigh: { off: "Our limits are there to be reached." }
thresholds:
  node: { memoryUsedRatio: 0.88 }
`,
    "rules/shop.yml": `groups:
  - name: shop
    rules:
      - alert: ShopDown
        expr: up{job="shop"} == 0
        for: 5m
        labels: { severity: warning }
        annotations: { summary: A shop is down., description: "{{ $labels.instance }} does not answer." }
`,
    "scrape/shop.yml": `scrape_configs:
  - job_name: shop
    static_configs: [{ targets: ["${target}"] }]
`,
    "dashboards/shop.json": JSON.stringify({
      uid: "shop",
      title: "Shop",
      panels: [{ title: "Up", type: "stat", targets: [{ expr: 'up{job="shop"}', refId: "A" }] }],
    }),
  };
}

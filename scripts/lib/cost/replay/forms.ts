import { writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { stringify } from "yaml";
import { optionalJobs } from "../../../../generators/prometheus/scrape/optional.js";
import { root } from "../../project.js";
import { render } from "../../render.js";
import type { Rendered } from "../../rendered/objects.js";
import { projectSettings } from "../../settings.js";
import { withTemporaryFolder } from "../../temporary-folder.js";

/** The Components that make a stack cheap. */
const saving = ["lean", "native-histograms"] as const;

/** The stack with every job, rule and dashboard that there is: as it is, and with what makes it cheap. */
export async function bothForms(): Promise<{ readonly full: Rendered; readonly lean: Rendered }> {
  const jobs = optionalJobs(projectSettings()).map(({ component }) => component);
  const everything = ["grafana", "blackbox-exporter", ...jobs];
  return { full: await withComponents(everything), lean: await withComponents([...everything, ...saving]) };
}

/** The base with these Components, in their order. */
export async function withComponents(components: readonly string[]): Promise<Rendered> {
  return await withTemporaryFolder(async (folder) => {
    const from = (path: string) => relative(folder, join(root, path));
    const listed = { resources: [from("base")], components: components.map((name) => from(`base/components/${name}`)) };
    await writeFile(join(folder, "kustomization.yaml"), stringify(listed));
    return await render(folder);
  });
}

import { base, stack } from "../../generators/index.js";
import { objectsOf } from "../../generators/lib/objects.js";
import { allRuleFiles } from "../../generators/prometheus/rules/index.js";
import { type Settings, settingsFrom } from "../../generators/settings/index.js";
import { alertmanagerConfig } from "../../scripts/lib/checks/alertmanager-config.js";
import type { Finding } from "../../scripts/lib/checks/check.js";
import { checks } from "../../scripts/lib/checks/index.js";
import { prometheusConfig } from "../../scripts/lib/checks/prometheus/config.js";
import { runRuleChecks } from "../../scripts/lib/checks/rules/index.js";
import { schema } from "../../scripts/lib/checks/schema.js";
import type { RenderedObject } from "../../scripts/lib/rendered/objects.js";

/** These ask programs, which the others do without. */
const withPrograms = [schema, prometheusConfig, alertmanagerConfig];

/**
 * What became of an input: the settings, or what is wrong with them, one line for each.
 *
 * @throws Error when a line does not name a setting of the input, or the input as a whole.
 */
export function read(input: unknown): Settings | readonly string[] {
  try {
    const settings = settingsFrom(input);
    allRuleFiles(settings);
    return settings;
  } catch (error) {
    const lines = (error as Error).message.split("\n");
    for (const line of lines) {
      const [, name = ""] = /^(?:unknown setting|setting) ("(?:[^"\\]|\\.)*")/.exec(line) ?? [];
      const named = name !== "" && isIn(JSON.parse(name), input);
      if (!named && line !== "settings must be a mapping of names to values") throw new Error(`names nothing: ${line}`);
    }
    return lines;
  }
}

/** Whether the input has a setting of this name, or the one that it has to go with. */
function isIn(path: string, input: unknown): boolean {
  const others: Readonly<Record<string, string>> = {
    "scrape.timeout": "scrape",
    "prometheus.memoryRequest": "prometheus",
    "prometheus.retentionSize": "prometheus",
  };
  return Object.keys(Object(input)).some((key) => path === key || path.startsWith(`${key}.`) || others[path] === key);
}

/** What is wrong with the objects that these settings give, by all that can be asked without another program. */
export async function bundleProblems(settings: Settings): Promise<readonly string[]> {
  base(settings);
  const objects = [...(stack(settings).flatMap(objectsOf) as RenderedObject[]), ...broughtFor(settings)];
  const rendered = { overlay: "settings", text: "", objects };
  const asked = checks.filter((check) => !withPrograms.includes(check));
  return (await Promise.all(asked.map((check) => check.run(rendered)))).flat().map(sentence);
}

/** What an overlay has to bring for these settings. */
export function broughtFor({ workloads: { priorityClassName: name } }: Settings): RenderedObject[] {
  if (name === undefined || name.startsWith("system-")) return [];
  return [
    { apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", metadata: { name }, value: 1 } as RenderedObject,
  ];
}

/** What is wrong with the rules and dashboards that these settings give. */
export async function ruleProblems(settings: Settings): Promise<readonly string[]> {
  return [...(await runRuleChecks(settings)).values()].flat().map(sentence);
}

function sentence({ object, message }: Finding): string {
  return `${object}: ${message}`;
}

import { type Footprint, footprints, formula, loadOf, needs } from "../../../scripts/lib/cost/estimate.js";
import { bytes, count } from "../../../scripts/lib/numbers.js";
import { type Section, table } from "./section.js";

const file = "docs/sizing.md";
const days = 15;
const podsPerNode = 30;
const nodesOf = [1, 3, 10, 50, 100, 500];

const forms: readonly (readonly [Footprint, string])[] = [
  [footprints.full, "As it is, as in `overlays/devbox`"],
  [footprints.lean, "With `lean` and `native-histograms`, as in `overlays/prod`"],
];

/** What one replica of Prometheus needs, by the size of the cluster, in both forms of the stack. */
export function sizesSection(): Section {
  const parts = forms.map(([footprint, title]) => {
    const rows = nodesOf.map((nodes) => {
      const pods = nodes * podsPerNode;
      const load = loadOf(footprint, { nodes, pods });
      const { memory, cores, disk } = needs(load, days);
      return [
        count(nodes),
        count(pods),
        count(load.series),
        count(load.storedPerSecond),
        bytes(memory),
        `${Number(cores.toPrecision(2))}`,
        bytes(disk),
      ];
    });
    const header = ["Nodes", "Pods", "Series", "Samples a second", "Memory", "Cores", `Disk for ${days} days`];
    return `${title}, a scrape every ${footprint.intervalSeconds} s:\n\n${table(header, rows)}`;
  });
  return { file, name: "sizes", text: parts.join("\n\n") };
}

/** The formula with its constants, and what it takes the series from. */
export function formulaSection(): Section {
  const rows = (["series", "scraped"] as const).flatMap((what) =>
    forms.map(([{ [what]: part }, title]) => [
      `${what === "series" ? "Series kept" : "Samples of a round"}: ${title.replace(/, as in.*/, "").toLowerCase()}`,
      ...[part.node, part.pod, part.rest].map(count),
    ]),
  );
  const text = `\`\`\`text\n${formula.join("\n")}\n\`\`\`\n\n${table(["", "Of a node", "Of a pod", "Of all else"], rows)}`;
  return { file, name: "formula", text };
}

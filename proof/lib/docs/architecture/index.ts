import type { Written } from "../section.js";
import { graph } from "./graph.js";
import { layOut } from "./layout.js";
import { svg } from "./svg.js";

/** The picture of who calls whom. */
export async function architecture(): Promise<Written> {
  return { file: "docs/images/architecture.svg", text: svg(await layOut(graph())) };
}

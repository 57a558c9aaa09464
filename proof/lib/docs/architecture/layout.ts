import ELK, { type ElkExtendedEdge, type ElkNode } from "elkjs/lib/elk.bundled.js";
import type { Arrow, Box, Graph } from "./graph.js";

/** A place in the picture, in pixels from its upper left. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A graph with everything in its place. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly (Box & Place)[];
  /** Around what runs on every node. */
  readonly nodes: Place | undefined;
  readonly arrows: readonly (Arrow & { readonly points: readonly { x: number; y: number }[]; readonly label: Place })[];
}

/** Heights of a line of text, and the widths of a character in the two fonts of the picture, in pixels. */
export const text = { title: 19, line: 16, titleCharacter: 10, lineCharacter: 7.3, padding: 12 } as const;

const everyNode = "every node";

/** Lays a graph out from top to bottom, so that whoever calls stands above whom it calls. */
export async function layOut({ boxes, arrows }: Graph): Promise<Picture> {
  const elk = new ELK.default();
  const root: ElkNode = await elk.layout({
    id: "root",
    layoutOptions: {
      "elk.algorithm": "layered",
      "elk.direction": "DOWN",
      "elk.hierarchyHandling": "INCLUDE_CHILDREN",
      "elk.layered.spacing.nodeNodeBetweenLayers": "30",
      "elk.layered.spacing.edgeNodeBetweenLayers": "18",
      "elk.spacing.nodeNode": "22",
      "elk.spacing.edgeNode": "12",
      "elk.spacing.edgeEdge": "12",
      "elk.spacing.edgeLabel": "3",
      "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF",
      "elk.layered.nodePlacement.bk.fixedAlignment": "BALANCED",
      "elk.padding": "[top=24,left=16,bottom=24,right=16]",
    },
    children: [
      ...boxes.filter(({ onNodes }) => !onNodes).map(node),
      {
        id: everyNode,
        layoutOptions: { "elk.padding": "[top=16,left=16,bottom=38,right=16]" },
        children: boxes.filter(({ onNodes }) => onNodes).map(node),
      },
    ],
    edges: arrows.map(edge),
  });
  const placed = new Map((root.children ?? []).flatMap((child) => inside(child, 0, 0)));
  const place = (id: string): Place => {
    const found = placed.get(id);
    if (found === undefined) throw new Error(`the layout has no place for ${id}`);
    return found;
  };
  return {
    width: Math.ceil(root.width ?? 0),
    height: Math.ceil(root.height ?? 0),
    boxes: boxes.map((box) => ({ ...box, ...place(box.name) })),
    nodes: placed.get(everyNode),
    arrows: arrows.map((arrow, index) => ({ ...arrow, ...drawn(root.edges?.[index]) })),
  };
}

function node({ name, about, itself }: Box): ElkNode {
  const width =
    Math.max(name.length * text.titleCharacter, ...[about, ...itself.map((line) => `↻ ${line}`)].map(widthOf)) +
    2 * text.padding;
  return { id: name, width, height: text.title + text.line * (1 + itself.length) + 1.5 * text.padding };
}

function edge({ from, to, kind, lines }: Arrow): ElkExtendedEdge {
  const width = Math.max(0, ...lines.map(widthOf));
  return {
    id: `${from} ${to} ${kind}`,
    sources: [from],
    targets: [to],
    ...(lines.length > 0 && { labels: [{ text: lines.join("\n"), width, height: lines.length * text.line }] }),
  };
}

function widthOf(line: string): number {
  return line.length * text.lineCharacter;
}

/** A node and those in it, with their places in the whole picture. */
function inside({ id, x = 0, y = 0, width = 0, height = 0, children = [] }: ElkNode, left: number, top: number) {
  const here: [string, Place] = [id, { x: left + x, y: top + y, width, height }];
  const within: [string, Place][] = children.flatMap((child) => inside(child, left + x, top + y));
  return [here, ...within];
}

function drawn(edge: ElkExtendedEdge | undefined) {
  const { startPoint, endPoint, bendPoints = [] } = edge?.sections?.[0] ?? {};
  if (startPoint === undefined || endPoint === undefined) throw new Error(`the layout draws no ${edge?.id}`);
  const { x = 0, y = 0, width = 0, height = 0 } = edge?.labels?.[0] ?? {};
  return { points: [startPoint, ...bendPoints, endPoint], label: { x, y, width, height } };
}

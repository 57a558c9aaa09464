import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { type GeneratedFile, generatedFiles, nameOf as pathName } from "../overlays.js";
import { nameOf, ofKind, type Rendered } from "../rendered/objects.js";
import type { Check, Finding } from "./check.js";

/** A file of the overlay's own is in what was rendered, and takes nothing back that a Component brings. */
export const ownFiles: Check = {
  name: "own files",
  run: async (rendered) => {
    const files = (rendered.kustomizations ?? []).flatMap(generatedFiles);
    const ours = files.filter(({ isGenerated }) => isGenerated);
    const own = files.filter(({ isGenerated }) => !isGenerated);
    const replacing = own.flatMap((one) => {
      const others = ours.filter(({ map, key }) => map === one.map && key === one.key);
      return others.length === 0 ? [] : findingsOf(one, others, rendered);
    });
    return [...unreadable(own, rendered), ...replacing];
  },
};

/** What is no UTF-8 Kustomize takes for binary data: mounted all the same, and read by nothing. */
function unreadable(own: readonly GeneratedFile[], { objects }: Rendered): Finding[] {
  return ofKind(objects, "v1/ConfigMap").flatMap((configMap) =>
    Object.keys(configMap.binaryData ?? {})
      .filter((key) => /\.(ya?ml|json|ini|tmpl)$/.test(key))
      .map((key) => {
        const file = own.find((one) => one.key === key && configMap.metadata.name.includes(one.map));
        const path = file === undefined ? key : pathName(file.path);
        return {
          object: nameOf(configMap),
          message: `${path} is no text in UTF-8, so that no program can read it`,
          fix: `save ${path} as UTF-8`,
        };
      }),
  );
}

function findingsOf(
  { map, key, path }: GeneratedFile,
  others: readonly GeneratedFile[],
  { objects }: Rendered,
): Finding[] {
  const text = read(path);
  return ofKind(objects, "v1/ConfigMap")
    .filter(({ metadata }) => metadata.name.includes(map))
    .flatMap((configMap): Finding[] => {
      const object = nameOf(configMap);
      const inEffect = configMap.data?.[key]?.trimEnd();
      if (inEffect === undefined) return [];
      if (inEffect !== text) {
        const winner = others.find((other) => read(other.path) === inEffect);
        if (winner === undefined) return [];
        const component = componentOf(winner.path);
        return [
          {
            object,
            message: `${pathName(path)} is not used: ${component} brings ${key} too, and Kustomize lets a Component win over the kustomization that lists it`,
            fix: `put it into an overlay of its own that has this one in its resources, and keep in it what ${component} brings`,
          },
        ];
      }
      return others.flatMap((other): Finding[] => {
        const rest = new Set(others.filter((one) => one !== other).flatMap((one) => keysOf(read(one.path))));
        const lost = keysOf(read(other.path)).filter((name) => !rest.has(name) && !keysOf(text).includes(name));
        if (others.length < 2 || lost.length === 0) return [];
        return [
          {
            object,
            message: `${pathName(path)} replaces the ${key} of ${componentOf(other.path)}, and lacks what that brings: ${lost.join(", ")}`,
            fix: `copy it from ${pathName(other.path)}, or take the Component out of components`,
          },
        ];
      });
    });
}

function componentOf(path: string): string {
  return /(?:^|\/)base\/components\/([^/]+)\//.exec(path)?.[1] ?? "base";
}

function read(path: string): string {
  return readFileSync(path, "utf8").trimEnd();
}

/** The names of all its fields, at whichever depth. */
function keysOf(text: string): string[] {
  const names = new Set<string>();
  const walk = (value: unknown) => {
    if (typeof value !== "object" || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      if (!Array.isArray(value)) names.add(name);
      walk(inner);
    }
  };
  try {
    walk(parse(text));
  } catch {
    // What is no YAML another check says.
  }
  return [...names];
}

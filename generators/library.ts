/*
 * The generators as a library: what `import ... from "plain-prometheus"` gives. See docs/package.md.
 */

export { writeFiles } from "../scripts/lib/write-files.js";
export { base, stack } from "./index.js";
export type { Files } from "./lib/base.js";
export type { Called, Component, ConfigFile, ConfigMapFiles, KubernetesObject } from "./lib/component.js";
export { labels, selector } from "./lib/labels.js";
export { type Manifest, manifest } from "./lib/manifest.js";
export { objectsOf } from "./lib/objects.js";
export { defaults, type Settings, settingsFrom } from "./settings.js";

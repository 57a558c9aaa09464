/*
 * The generators as a library: what `import ... from "plain-prometheus"` gives. See docs/package.md.
 */

export { base, stack } from "../../generators/index.js";
export type {
  Base,
  Called,
  ConfigFile,
  ConfigMapFiles,
  KubernetesObject,
} from "../../generators/lib/base-and-component.js";
export { labels, selector } from "../../generators/lib/labels.js";
export type { Files } from "../../generators/lib/lay-out.js";
export { type Manifest, manifest } from "../../generators/lib/manifest.js";
export { objectsOf } from "../../generators/lib/objects.js";
export {
  defaults,
  type Settings,
  type SettingsInput,
  settings,
  settingsFrom,
} from "../../generators/settings/index.js";
export { withFiles } from "./lean-files.js";
export { writeFiles } from "./write-files.js";

#!/usr/bin/env node
// Found from here and not from the working directory, which is whoever's it is that runs Kustomize.
const { register } = await import("tsx/esm/api").catch(() => {
  console.error("plain-prometheus: the packages are not installed: run npm ci in the clone that this plugin is in");
  process.exit(1);
});
register();
await import("../../generators/plugin.ts");

/*
 * `node scripts/run.js scripts/up.ts --nodes 2`: how every verb starts. An old Node gets as far as here, and to its answer: what
 * it cannot load comes behind it. So there is no import before that, and no syntax that is newer than import().
 */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

// util.styleText came with 20.12 and 21.7; package.json says the same.
if (major > 21 || (major === 21 && minor >= 7) || (major === 20 && minor >= 12)) {
  import("./lib/start.js");
} else {
  console.error(
    `error: this is Node ${process.versions.node}\ncure:  install Node 20.12 or newer, see https://nodejs.org/`,
  );
  process.exitCode = 1;
}

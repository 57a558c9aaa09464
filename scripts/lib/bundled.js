import { readFileSync, statSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/*
 * The generators and their packages are some four hundred modules, and to load them one by one takes three times as
 * long as all that they do. In JavaScript, since this is what runs the TypeScript.
 */

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A program that could not be made one file of: the message names the file and the line, or what is not installed. */
export class NotBundled extends Error {}

/** Where bundles are kept; `npm ci` empties it. */
const usualFolder = join(root, "node_modules/.cache/plain-prometheus");

/**
 * Change times come in steps, and a file can change while it is being bundled: one that changed less than this many
 * milliseconds before a bundle was begun counts as changed since.
 */
const margin = 1000;

/**
 * Runs a program of this project as one file of JavaScript. Where that cannot be kept, loads the modules one by one.
 *
 * @param {string} program path of the TypeScript from the root of the project
 * @throws {NotBundled}
 */
export async function runBundled(program) {
  const file = await bundled(program, usualFolder);
  if (file === undefined) (await import("tsx/esm/api")).register();
  else process.setSourceMapsEnabled(true);
  await import(pathToFileURL(file ?? join(root, program)).href);
}

/**
 * Makes a program one file, unless there is one that is newer than every file that went into it.
 *
 * @param {string} program path of the TypeScript from the root of the project
 * @param {string} folder where the bundle is kept
 * @returns path of the bundle; undefined where it cannot be kept
 * @throws {NotBundled}
 */
export async function bundled(program, folder) {
  const file = join(folder, `${program.replaceAll("/", "-")}.mjs`);
  return isFresh(file) || (await keep(file, await bundle(program, file))) ? file : undefined;
}

/** @param {string} file */
function isFresh(file) {
  try {
    const text = readFileSync(file, "utf8");
    const { made, from, inputs } = JSON.parse(text.slice(text.lastIndexOf("\n") + label.length + 1));
    // The time of the last change, other than that of the last modification, cannot be set back.
    return from === root && inputs.every((/** @type {string} */ path) => changeTime(join(root, path)) < made - margin);
  } catch {
    return false;
  }
}

/** Begins the last line of a bundle. */
const label = "// made of: ";

/** What makes bundles. */
const bundlers = ["scripts/lib/bundled.js", "node_modules/esbuild/package.json"];

/** @param {string} file */
function changeTime(file) {
  return statSync(file).ctimeMs;
}

/** How a program of this project becomes one file, its packages included. */
export const oneFile = /** @type {const} */ ({
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  // Nothing but these options decides about a bundle.
  tsconfigRaw: {},
  // Packages may say that their modules have no side effects, such as a check that registers itself, and be wrong.
  ignoreAnnotations: true,
  // For packages in CommonJS that ask for modules of Node.
  banner: {
    js: 'import { createRequire as requireOf } from "node:module";const require = requireOf(import.meta.url);',
  },
});

/**
 * @param {string} program
 * @param {string} outfile
 */
async function bundle(program, outfile) {
  const made = Date.now();
  const { build } = await import("esbuild").catch(() => {
    throw new NotBundled("the packages are not installed: run npm ci");
  });
  const { outputFiles, metafile } = await build({
    ...oneFile,
    absWorkingDir: root,
    entryPoints: [program],
    outfile,
    write: false,
    metafile: true,
    // It finds its program beside itself; a bundle lies where it is found in turn.
    external: ["esbuild"],
    logLevel: "silent",
    sourcemap: "inline",
    sourcesContent: false,
    plugins: [ownAddresses],
  }).catch((error) => {
    throw new NotBundled(error.message);
  });
  const inputs = [...Object.keys(metafile.inputs), ...bundlers];
  return `${outputFiles[0]?.text.trimEnd()}\n${label}${JSON.stringify({ made, from: root, inputs })}`;
}

/** Within a bundle each file goes by the address that it has outside. @type {import("esbuild").Plugin} */
export const ownAddresses = {
  name: "own-addresses",
  setup({ initialOptions, onLoad }) {
    initialOptions.define = { ...initialOptions.define, "import.meta.url": "ownAddress" };
    onLoad({ filter: /\.m?[jt]s$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      if (!text.includes("import.meta.url")) return undefined;
      const address = JSON.stringify(pathToFileURL(path).href);
      return { contents: `const ownAddress = ${address};${text}`, loader: path.endsWith("ts") ? "ts" : "js" };
    });
  },
};

/**
 * @param {string} file
 * @param {string} text
 * @returns whether the file is there
 */
async function keep(file, text) {
  const scratch = `${file}.${process.pid}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(scratch, text);
    await rename(scratch, file);
    return true;
  } catch {
    // What failed may be that this cannot be removed either.
    await rm(scratch, { force: true }).catch(() => {});
    return false;
  }
}

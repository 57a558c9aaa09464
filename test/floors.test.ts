import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "uvu";
import { glob } from "zx";
import { root } from "../scripts/lib/project.js";

/** From the ground up: a file reads files of its own floor and of those below. */
const floors = ["metrics", "generators", "scripts", "proof"];

const files = await glob(`{${floors.join(",")}}/**/*.{ts,js}`, { cwd: root });
const imported = new Map(files.map((file) => [file, importsOf(file)]));

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  const paths = [...text.matchAll(/^(?:import|export) [^;]*?"(\.[^"]+)";|\bimport\("(\.[^"]+)"\)/gm)];
  return paths
    .map(([, first, second]) => join(dirname(file), first ?? second ?? ""))
    .map((path) => (files.includes(path) ? path : path.replace(/\.js$/, ".ts")));
}

function floorOf(file: string): number {
  return floors.indexOf(file.split("/")[0] ?? "");
}

test("every import leads to a file that is looked at", () => {
  assert.ok(imported.size > 300);
  assert.deepEqual(
    [...imported.values()].flat().filter((path) => !imported.has(path)),
    [],
  );
});

test("no floor reads one above it", () => {
  const up = [...imported].flatMap(([file, others]) => others.map((other) => [file, other] as const));
  assert.deepEqual(
    up.filter(([file, other]) => floorOf(other) > floorOf(file)),
    [],
  );
});

test("generators and metrics know no file, clock, network or environment", () => {
  const world = /"node:(?!util")\w+"|"zx"|\bprocess\.(?!js)\w+|\bfetch\(|\bDate\b|\bMath\.random\b/g;
  const pure = files.filter((file) => floorOf(file) <= floorOf("generators/index.ts"));
  const impure = pure.map((file) => [file, readFileSync(join(root, file), "utf8").match(world)]);
  assert.deepEqual(
    impure.filter(([, found]) => found !== null),
    [],
  );
});

test("no address is joined to a port by hand, as one of IPv6 takes brackets", () => {
  // Addresses that discovery is tried with are made up, and of IPv4.
  const looked = files.filter((file) => file !== "scripts/lib/rendered/discovery.ts");
  const joined = looked.filter((file) =>
    /\$\{[^{}]*(address|host|ip)\}:[$\d]/i.test(readFileSync(join(root, file), "utf8")),
  );
  assert.deepEqual(joined, []);
});

test("no file reads itself by way of others", () => {
  const open: string[] = [];
  const done = new Set<string>();
  const walk = (file: string): void => {
    assert.ok(!open.includes(file), `a circle: ${[...open.slice(open.indexOf(file)), file].join(" -> ")}`);
    if (done.has(file)) return;
    open.push(file);
    for (const other of imported.get(file) ?? []) walk(other);
    open.pop();
    done.add(file);
  };
  for (const file of files) walk(file);
});

test("no two folders read each other", () => {
  const pairs = new Map<string, string>();
  for (const [file, others] of imported) {
    for (const other of others) pairs.set(partsOf(file, other).join(" "), `${file} -> ${other}`);
  }
  pairs.delete("");
  const mutual = [...pairs].filter(([pair]) => pairs.has(pair.split(" ").reverse().join(" ")));
  assert.deepEqual(mutual, []);
});

/** The two folders at which the paths of two files part; none where one's folder is within the other's. */
function partsOf(file: string, other: string): string[] {
  const [one, two] = [dirname(file).split("/"), dirname(other).split("/")];
  const at = one.findIndex((name, index) => name !== two[index]);
  return at < 0 || at >= two.length ? [] : [one, two].map((names) => names.slice(0, at + 1).join("/"));
}

test.run();

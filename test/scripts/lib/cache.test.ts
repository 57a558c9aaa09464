import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import { cached, cachedFolder, cacheFolder, cacheKey, requireSpace } from "../../../scripts/lib/cache.js";
import { Failure } from "../../../scripts/lib/failure.js";

const before = process.env.XDG_CACHE_HOME;
let home = "";

test.before.each(async () => {
  home = await mkdtemp(join(tmpdir(), "cache-"));
  process.env.XDG_CACHE_HOME = home;
});

test.after.each(async () => {
  await rm(home, { recursive: true, force: true });
  if (before === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = before;
});

test("a key tells apart every input, and where one ends", () => {
  assert.equal(cacheKey("a", "b"), cacheKey("a", "b"));
  assert.notEqual(cacheKey("a", "b"), cacheKey("b", "a"));
  assert.notEqual(cacheKey("ab", "c"), cacheKey("a", "bc"));
});

test("a relative XDG_CACHE_HOME is ignored", () => {
  process.env.XDG_CACHE_HOME = "cache";
  assert.match(cacheFolder(), /^\/.*\/\.cache\/plain-prometheus$/);
});

test("what is there is not made again", async () => {
  let made = 0;
  const produce = async (folder: string) => {
    made += 1;
    await writeFile(join(folder, "result"), "x");
  };
  const first = await cached("thing", "1", 0, produce);
  assert.equal(await cached("thing", "1", 0, produce), first);
  assert.equal(made, 1);
  assert.equal(await readFile(join(first, "result"), "utf8"), "x");
});

test("two at once make it once", async () => {
  let made = 0;
  const produce = async () => {
    made += 1;
    await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await Promise.all([cached("thing", "1", 0, produce), cached("thing", "1", 0, produce)]);
  assert.equal(made, 1);
});

test("work that fails leaves nothing behind", async () => {
  const failing = cached("thing", "1", 0, async (folder) => {
    await writeFile(join(folder, "half"), "");
    throw new Error("broken");
  });
  await assert.rejects(failing, /broken/);
  assert.deepEqual(await readdir(cacheFolder()), []);
});

test("what a killed process left half done is cleared away and not used", async () => {
  const half = join(cacheFolder(), ".thing-1.abc");
  await mkdir(half, { recursive: true });
  await cached("thing", "1", 0, async () => {});
  assert.ok(existsSync(cachedFolder("thing", "1")));
  assert.ok(!existsSync(half));
});

test("a cache that cannot be made is said with the folder and what helps, wherever it is", async () => {
  const file = join(home, "file");
  await writeFile(file, "");
  for (const folder of [join(file, "below"), "/proc/nobody/home", "/sys/home"]) {
    process.env.XDG_CACHE_HOME = folder;
    await assert.rejects(
      cached("thing", "1", 0, async () => assert.fail("it was made all the same")),
      (error) => {
        assert.ok(error instanceof Failure, String(error));
        assert.ok(error.message.startsWith(`thing writes to ${folder}/plain-prometheus, which cannot be written: `));
        assert.match(error.cure ?? "", /set HOME .*XDG_CACHE_HOME/);
        return true;
      },
    );
  }
});

test("a file where the folder should be is said", async () => {
  await writeFile(join(home, "file"), "");
  await assert.rejects(requireSpace(join(home, "file"), 0, "building"), /building writes to .*ENOTDIR/);
});

test("a folder that is not there yet is made", async () => {
  const folder = join(home, "a folder/of Go's");
  await requireSpace(folder, 0, "building");
  assert.ok(existsSync(folder));
});

test("too little space is said with what is needed and what is free, before anything is made", async () => {
  const hungry = cached("thing", "1", 1e9, async () => assert.fail("it was made all the same"));
  await assert.rejects(hungry, (error) => {
    assert.ok(error instanceof Failure);
    assert.match(error.message, /thing needs 1000000000\.0 GiB in .*, and [\d.]+ GiB are free/);
    return true;
  });
});

test.run();

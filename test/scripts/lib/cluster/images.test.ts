import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { extract, type Header } from "tar-stream";
import { test } from "uvu";
import { defaults } from "../../../../generators/settings/index.js";
import { images, reference } from "../../../../generators/versions.js";
import {
  clusterImages,
  type ImageSource,
  imageSources,
  rareImages,
  requireVersion,
  writeImage,
} from "../../../../scripts/lib/cluster/images.js";
import { Failure } from "../../../../scripts/lib/failure.js";
import { toolchain } from "../../../../scripts/lib/toolchain/index.js";

const source: ImageSource = {
  reference: "example.org/thing:v1.2.3",
  programs: { "/bin/thing": "pause" },
  folders: ["/data/deep"],
  user: "nobody",
  entrypoint: ["/bin/thing"],
  command: ["--serve"],
  workingFolder: "/data/deep",
};
let folder = "";

async function entries(stream: Readable): Promise<Map<string, { header: Header; content: Buffer }>> {
  const found = new Map<string, { header: Header; content: Buffer }>();
  for await (const entry of stream.pipe(extract())) {
    found.set(entry.header.name, { header: entry.header, content: await buffer(entry) });
  }
  return found;
}

async function write(name: string, image = source): Promise<string> {
  const program = join(folder, "program");
  await writeFile(program, "#!binary");
  const file = join(folder, name);
  await writeImage(file, image, [{ path: "/bin/thing", file: program }]);
  return file;
}

test.before.each(async () => {
  folder = await mkdtemp(join(tmpdir(), "images-"));
});

test.after.each(async () => {
  await rm(folder, { recursive: true, force: true });
});

test("the archive names its image, its one layer and how it starts", async () => {
  const archive = await entries(createReadStream(await write("image.tar")));
  const [manifest] = JSON.parse(String(archive.get("manifest.json")?.content));
  assert.deepEqual(manifest.RepoTags, ["example.org/thing:v1.2.3"]);
  const config = JSON.parse(String(archive.get(manifest.Config)?.content));
  assert.deepEqual(config.config, {
    User: "nobody",
    Entrypoint: ["/bin/thing"],
    Cmd: ["--serve"],
    WorkingDir: "/data/deep",
  });
  const layer = archive.get(manifest.Layers[0])?.content ?? Buffer.alloc(0);
  assert.deepEqual(config.rootfs.diff_ids, [`sha256:${createHash("sha256").update(layer).digest("hex")}`]);
});

test("the layer has the program, users, and the folders of the user, each after the folder that it is in", async () => {
  const archive = await entries(createReadStream(await write("image.tar")));
  const [manifest] = JSON.parse(String(archive.get("manifest.json")?.content));
  const layer = await entries(Readable.from([archive.get(manifest.Layers[0])?.content]));
  assert.deepEqual(
    [...layer.keys()],
    ["data/", "data/deep/", "tmp/", "etc/", "etc/passwd", "etc/group", "bin/", "bin/thing"],
  );
  assert.equal(layer.get("data/deep/")?.header.uid, 65534);
  assert.equal(layer.get("data/")?.header.uid, 0);
  assert.equal(layer.get("bin/thing")?.header.mode, 0o755);
  assert.equal(String(layer.get("bin/thing")?.content), "#!binary");
  assert.match(String(layer.get("etc/passwd")?.content), /^nobody:x:65534:65534:/m);
});

test("the same program gives the same bytes, and nothing beside the archive", async () => {
  assert.ok((await readFile(await write("one.tar"))).equals(await readFile(await write("two.tar"))));
  assert.deepEqual((await readdir(folder)).sort(), ["one.tar", "program", "two.tar"]);
});

test("an image whose tag is not the version of its program is refused, and both are named", () => {
  requireVersion("example.org/thing:v1.2.3", "prometheus", "1.2.3");
  assert.throws(
    () => requireVersion("example.org/thing:v1.2.3", "prometheus", "1.2.4"),
    (error) => error instanceof Failure && /thing:v1\.2\.3 would be made with prometheus 1\.2\.4/.test(error.message),
  );
});

test("an image with a digest is refused by its tag too, and kept under the name that a runtime looks for", async () => {
  const digest = `sha256:${"0".repeat(64)}`;
  const pinned = `example.org:5000/thing:v1.2.3@${digest}`;
  requireVersion(pinned, "prometheus", "1.2.3");
  assert.throws(() => requireVersion(pinned, "prometheus", "1.2.4"), Failure);
  const archive = await entries(createReadStream(await write("image.tar", { ...source, reference: pinned })));
  const [manifest] = JSON.parse(String(archive.get("manifest.json")?.content));
  assert.deepEqual(manifest.RepoTags, [`example.org:5000/thing@${digest}`]);
});

test("what takes long to build is made where an overlay names it", () => {
  const [rare] = rareImages(defaults);
  const references = (named: readonly string[]) => imageSources(named, defaults).map(({ reference }) => reference);
  assert.ok(rare !== undefined && !references([]).includes(rare.reference));
  assert.ok(references([rare.reference]).includes(rare.reference));
});

test("every image of the bundle is made, and all that are made are of the version that is built", async () => {
  const sources = [...imageSources([], defaults), ...rareImages(defaults)];
  const made = new Set(sources.map((image) => image.reference));
  for (const image of Object.values(images)) assert.ok(made.has(reference(image)), `${reference(image)} is not made`);
  for (const image of [...clusterImages, ...sources]) {
    for (const tool of Object.values(image.programs))
      requireVersion(image.reference, tool, await toolchain.version(tool));
  }
});

test.run();

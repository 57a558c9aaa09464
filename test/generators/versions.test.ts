import assert from "node:assert/strict";
import { test } from "uvu";
import { images, pulledImages, reference, versionOf } from "../../generators/versions.js";

const repository = "example.org:5000/team/thing";
const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

test("an image goes by its tag, and by its digest too where it has one", () => {
  assert.equal(reference({ repository, tag: "v1.2.3" }), `${repository}:v1.2.3`);
  assert.equal(reference({ repository, tag: "13.2.3-rc.1", digest }), `${repository}:13.2.3-rc.1@${digest}`);
});

test("a tag that is no version, and a digest that is none, are refused with the image's name", () => {
  for (const tag of ["latest", "", "v1", "main-0123abc", "v1.2.3@sha256:0"]) {
    assert.throws(() => reference({ repository, tag }), /versions\.ts: example\.org:5000\/team\/thing: tag/, tag);
  }
  for (const wrong of ["", digest.slice(0, -1), digest.toUpperCase(), digest.slice("sha256:".length), `${digest}0`]) {
    assert.throws(() => reference({ repository, tag: "v1.2.3", digest: wrong }), /thing: digest/, wrong);
  }
});

test("a version is its tag without the v", () => {
  assert.equal(versionOf({ tag: "v3.16.0" }), "3.16.0");
  assert.equal(versionOf({ tag: "13.2.3" }), "13.2.3");
});

test("every image has a reference, and no two are of one repository", () => {
  const all = [...Object.values(images), ...Object.values(pulledImages)];
  assert.equal(new Set(all.map(({ repository }) => repository)).size, all.map((image) => reference(image)).length);
});

test.run();

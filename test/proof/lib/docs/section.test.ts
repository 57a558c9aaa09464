import assert from "node:assert/strict";
import { test } from "uvu";
import { within } from "../../../../proof/lib/docs/section.js";
import { table } from "../../../../proof/lib/markdown-table.js";

const section = { file: "docs/a.md", name: "part", text: "new", command: "npm run a" };
const document = (text: string) => `before\n<!-- begin part: written by npm run a -->${text}<!-- end part -->\nafter\n`;

test("the text takes the place of what was there, and of nothing else", () => {
  assert.equal(within(document("\n\nold\n\n"), section), document("\n\nnew\n\n"));
  assert.equal(within(document("\n"), section), document("\n\nnew\n\n"));
});

test("what was written is not written anew", () => {
  const written = within(document(""), section);
  assert.equal(within(written, section), written);
});

test("a document without the place is an error that names both", () => {
  assert.throws(() => within("before\n", section), /docs\/a\.md has no place for part/);
});

test("a table has a line for each row", () => {
  assert.equal(
    table(
      ["a", "b"],
      [
        ["1", "2"],
        ["3", "4"],
      ],
    ),
    "| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |",
  );
});

test.run();

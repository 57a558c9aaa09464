import assert from "node:assert/strict";
import { test } from "uvu";
import { glob } from "zx";
import { root } from "../../scripts/lib/project.js";
import { commandsOf, differs, documents, notPrinted, readCommands, translations } from "../lib/commands.js";

const text = `
\`\`\`sh
npm run a
\`\`\`

It prints

\`\`\`
a 12
\`\`\`

<!-- live until "Forwarding" -->
\`\`\`sh
forward
\`\`\`

<!-- not run: it takes a cluster of yours -->
\`\`\`sh
deploy
\`\`\`

\`\`\`yaml
not: a command
\`\`\`
`;

test("commands are found with how they are run, and with what they print", () => {
  assert.deepEqual(commandsOf("a.md", text), [
    { document: "a.md", line: 2, text: "npm run a\n", how: { where: "anywhere" }, output: "a 12\n" },
    { document: "a.md", line: 13, text: "forward\n", how: { where: "live", until: "Forwarding" }, output: undefined },
    {
      document: "a.md",
      line: 18,
      text: "deploy\n",
      how: { where: "nowhere", reason: "it takes a cluster of yours" },
      output: undefined,
    },
  ]);
});

test("a comment that says something else is an error, and so is a reason that is none", () => {
  assert.throws(() => commandsOf("a.md", "<!-- lives -->\n```sh\na\n```\n"), /a\.md: a comment .* lives/);
  assert.throws(() => commandsOf("a.md", "<!-- not run: -->\n```sh\na\n```\n"), /not run/);
});

test("what is printed is compared by its shape", () => {
  const printed =
    "NAME   READY  AGE\nprometheus-5d9f8c7b64-x2x4z  1/1  45s\nnode-exporter-pw9nx 1/1 12m\ncpu 0 ▁▂█▇ 93 %\n";
  assert.deepEqual(notPrinted("NAME READY AGE\nprometheus-78b96bf8f6-97x84   1/1   2m10s\n", printed), []);
  assert.deepEqual(notPrinted("cpu 1 ▁▁ 7 %\n...\n", printed), []);
  assert.deepEqual(notPrinted("NAME READY\n", printed), ["NAME READY"]);
  assert.deepEqual(notPrinted("cpu 1 ▁▁ 7 %\nNAME READY AGE\n", printed), ["NAME READY AGE"]);
});

test("what is printed the same each time is compared by the line", () => {
  const printed = "# a comment\na: 1\nb: 2\nc: 3\n";
  assert.equal(differs("a: 1\nb: 2\nc: 3\n", printed), undefined);
  assert.equal(differs("# a comment\na: 1\n...\n", printed), undefined);
  assert.equal(differs("...\nb: 2\n...\n", printed), undefined);
  assert.equal(differs("a: 1\nb: 3\n...\n", printed), "b: 3");
  assert.equal(differs("a: 1\nc: 3\n", printed), "c: 3");
  assert.equal(differs("a: 1\nb: 2\n", printed), "c: 3");
  assert.equal(differs("# another comment\na: 1\n...\n", printed), "# another comment");
});

for (const [index, translation] of translations.entries()) {
  const document = documents[index] ?? "";
  test(`${translation} has the commands of ${document}, run in the same way, and the same outputs`, async () => {
    const plain = async (name: string) =>
      (await readCommands(name)).map(({ text, how, output }) => ({ text: text.replace(/ +#.*$/gm, ""), how, output }));
    const commands = await plain(document);
    assert.ok(commands.length >= 10, `${commands.length} blocks of commands`);
    assert.deepEqual(await plain(translation), commands);
  });
}

const others = (await glob(["*.md", "docs/**/*.md", "tools/*.md"], { cwd: root, gitignore: true })).filter(
  (file) =>
    ![...documents, ...translations].some((one) => one === file) &&
    // Those of runbooks and recipes are run by tests of their own.
    !/^docs\/(runbooks|recipes)\//.test(file),
);

for (const document of others) {
  test(`${document}, which no test runs, says of each block why`, async () => {
    for (const { line, how } of await readCommands(document)) {
      assert.equal(how.where, "nowhere", `${document}:${line}: say why it is not run, or run it`);
    }
  });
}

test.run();

import assert from "node:assert/strict";
import { test } from "uvu";
import { runbookFindings } from "../../../../../scripts/lib/checks/rules/runbooks.js";
import { alert } from "./fixtures.js";

const text = "# JobDown\n\n## Meaning\n\nm\n\n## Impact\n\ni\n\n## Diagnosis\n\nd\n\n## Mitigation\n\nm\n";

function findings(...files: [string, string][]): readonly string[] {
  return runbookFindings([alert("JobDown")], new Map(files)).map(({ object, message }) => `${object} ${message}`);
}

test("a runbook with its four sections is let through, and so is an overview beside it", () => {
  assert.deepEqual(findings(["JobDown.md", text], ["README.md", "# Runbooks\n"]), []);
});

test("a runbook that is missing is named", () => {
  assert.deepEqual(findings(), ["docs/runbooks/JobDown.md is not there"]);
});

test("a section or a title that is missing is named", () => {
  assert.deepEqual(findings(["JobDown.md", text.replace("## Impact", "### Impact").replace("# JobDown", "# Down")]), [
    "docs/runbooks/JobDown.md does not begin with the alert's name",
    "docs/runbooks/JobDown.md has no section Impact",
  ]);
});

test("a runbook of an alert that is gone is named", () => {
  assert.deepEqual(findings(["JobDown.md", text], ["Old.md", text]), ["docs/runbooks/Old.md is about no alert"]);
});

test.run();

import { test } from "uvu";
import { checkSection } from "../../../../proof/lib/docs/section.js";
import { additionsSection, connectionsSection, permissionsSection } from "../../../../proof/lib/docs/security.js";

for (const section of [permissionsSection(), additionsSection(), connectionsSection()]) {
  test(`the table of ${section.name} in docs/security.md is what the generators give`, async () => {
    await checkSection(section);
  });
}

test.run();

import { test } from "uvu";
import { matrixSection, reasonsSection } from "../../../../proof/lib/docs/platforms.js";
import { checkSection } from "../../../../proof/lib/docs/section.js";

for (const section of [matrixSection(), reasonsSection()]) {
  test(`the ${section.name} in docs/platforms.md is what the generators give`, async () => {
    await checkSection(section);
  });
}

test.run();

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import { glob } from "zx";
import { root } from "../../scripts/lib/project.js";

const files = await glob("**/*.md", { cwd: root, ignore: ["**/node_modules/**"], gitignore: true });

/** Programs that the documents call. No line of prose begins with one of them and a word: it would look like a command without a fence. */
const program =
  /^(amtool|base64|chronyc|conntrack|crictl|curl|df|dig|dmesg|etcdctl|etcdutl|ethtool|git|helm|iostat|ip|journalctl|kubeadm|kubectl|kustomize|lsof|mdadm|npm|npx|nslookup|openssl|promtool|ps|smartctl|ss|systemctl|umask|vmstat) \S/;

/** The lines of a document, from 1, that are commands or code and stand in no fence, or commands in one that is not of `sh`. */
function misplaced(text: string): string[] {
  let language: string | undefined;
  let before = "";
  return text.split("\n").flatMap((line, index) => {
    const fence = /^ *```(.*)/.exec(line)?.[1];
    const command = program.test(line.trimStart());
    // Four spaces after an empty line are a code block too, though one whose first line is prose once its spaces are lost.
    const code = before === "" && /^( {4}|\t)/.test(line);
    const wrong = language === undefined ? command || code : command && !["sh", "yaml"].includes(language);
    before = line.trim();
    if (fence !== undefined) {
      language = language === undefined ? fence : undefined;
      return [];
    }
    return wrong ? [`${index + 1}: ${line.trim()}`] : [];
  });
}

test("a command or code that stands in no fence, or in that of something else, is found", () => {
  const text =
    "kubectl get pods\n    kubectl get nodes\n\n    any code\n\n- a list\n    that goes on\n\n```\nkubectl a\n```\n";
  assert.deepEqual(misplaced(text), ["1: kubectl get pods", "2: kubectl get nodes", "4: any code", "10: kubectl a"]);
  assert.deepEqual(
    misplaced("1. in a list:\n\n   ```sh\n   kubectl a\n   ```\n\nkubectl, the program, is prose\n"),
    [],
  );
});

for (const file of files) {
  test(`${file} has every command in a fence of sh`, async () => {
    assert.deepEqual(misplaced(await readFile(join(root, file), "utf8")), []);
  });
}

test.run();

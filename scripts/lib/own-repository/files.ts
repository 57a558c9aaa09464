import { jsonSchemaFile } from "../../../generators/json-schema.js";

/** What a repository of one's own begins with, beside what the verbs write. */
interface Beginning {
  /** Name of the first overlay. */
  readonly overlay: string;
  /** What package.json says of plain-prometheus: a version, or where it is. */
  readonly dependency: string;
  /** The version of plain-prometheus. */
  readonly version: string;
}

/** Files that are the user's from then on, by their paths. */
export function firstFiles({ overlay, dependency, version }: Beginning): ReadonlyMap<string, string> {
  const packageJson = { private: true, devDependencies: { "plain-prometheus": dependency } };
  return new Map([
    ["package.json", `${JSON.stringify(packageJson, null, 2)}\n`],
    ["settings.yaml", settings],
    [".gitattributes", attributes],
    [".gitignore", "node_modules/\ndist/\n"],
    [".github/workflows/monitoring.yaml", github],
    [".gitlab-ci.yml", gitlab],
    ["README.md", readme(overlay, version)],
  ]);
}

const settings = `# yaml-language-server: $schema=${jsonSchemaFile}
# What is different for you, in every overlay. What is not here has its default: docs/settings.md lists
# each setting with its unit. For example:
#
# scrape:
#   interval: 30s
# alerts:
#   CPUThrottlingHigh: { off: "Our limits are there to be reached." }
# thresholds:
#   node: { loadPerCpu: 3 }
`;

/** GitHub and GitLab fold what is generated in a diff, each by an attribute of its own. */
const attributes = `* text=auto eol=lf
base/** linguist-generated gitlab-generated
${jsonSchemaFile} linguist-generated gitlab-generated
package-lock.json linguist-generated gitlab-generated
`;

const github = `# Says whether base/ is what settings.yaml gives, and whether every overlay is well.
name: monitoring
on: [push, pull_request]
permissions:
  contents: read
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 22, cache: npm }
      # Go builds promtool, amtool and kubeconform once; the cache keeps them.
      - uses: actions/setup-go@v5
        with: { go-version: "1.26", cache: false }
      - uses: actions/cache@v4
        with:
          path: ~/.cache/plain-prometheus
          key: plain-prometheus-\${{ hashFiles('package-lock.json') }}
      - run: npm ci
      - run: npx plain-prometheus generate --check
      - run: npx plain-prometheus build
`;

const gitlab = `# Says whether base/ is what settings.yaml gives, and whether every overlay is well.
build:
  image: node:22-bookworm
  variables:
    GO_VERSION: 1.26.0
    XDG_CACHE_HOME: $CI_PROJECT_DIR/.cache
  # Go builds promtool, amtool and kubeconform once; the cache keeps them.
  cache:
    key: { files: [package-lock.json] }
    paths: [.cache/plain-prometheus]
  script:
    - curl -fsSL "https://go.dev/dl/go$GO_VERSION.linux-amd64.tar.gz" | tar -xz -C /usr/local
    - export PATH="$PATH:/usr/local/go/bin"
    - npm ci
    - npx plain-prometheus generate --check
    - npx plain-prometheus build
`;

function readme(overlay: string, version: string): string {
  return `# Monitoring

Prometheus for our clusters in plain YAML, begun with plain-prometheus ${version}. Whoever applies it needs kubectl alone:

\`\`\`sh
kubectl apply -k overlays/${overlay}
\`\`\`

## What is whose

| | whose | how it changes |
| --- | --- | --- |
| \`settings.yaml\` | ours | by hand; then \`npx plain-prometheus generate\` |
| \`rules/\`, \`scrape/\`, \`dashboards/\` | ours, where we have some | by hand; then \`npx plain-prometheus generate\` |
| \`overlays/\` | ours | by hand; \`npx plain-prometheus new-overlay NAME\` begins one more |
| \`package.json\`, \`.github/\`, \`.gitlab-ci.yml\`, this file | ours | by hand |
| \`base/\`, \`${jsonSchemaFile}\` | generated | never by hand: \`npx plain-prometheus generate\` writes them |
| \`node_modules/plain-prometheus\` | not ours | \`npx plain-prometheus update VERSION\` |

All of it is committed, except \`node_modules/\` and \`dist/\`. What differs between environments is a patch in an overlay; what is inside
text, such as a threshold or an interval, is a setting.

## What we do

\`\`\`sh
npm ci                                                  # once
npx plain-prometheus generate                           # after each change of settings.yaml, rules/, scrape/ or dashboards/
npx plain-prometheus build                              # renders and checks every overlay into dist/
npx plain-prometheus verify overlays/${overlay} --context NAME   # compares the cluster with the overlay
npx plain-prometheus update VERSION                     # another version, and what it changes
\`\`\`

\`npx plain-prometheus --help\` lists the rest. \`build\` takes promtool, amtool and kubeconform out of PATH where they have the right version,
and builds them with Go otherwise.
`;
}

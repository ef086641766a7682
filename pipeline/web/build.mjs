// Makes dist/: what the Python package carries and copies beside every gallery.
// Everything is a classic script or a plain file, because browsers refuse modules on file://.

import { build } from "esbuild";
import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const modules = path.join(here, "node_modules");
const dist = path.join(here, "dist");
const made = path.join(modules, `.dist-${process.pid}`);

/**
 * Subsets of the face. The Chinese one also holds ASCII and Latin-1, with full-width quotes. The
 * face has few letters of latin-ext (pinyin and some others; no ł, ő, š): browsers fill in.
 */
const SUBSETS = {
  "chinese-simplified": "",
  latin: "-latin",
  "latin-ext": "-latin-ext",
  cyrillic: "-cyrillic",
  vietnamese: "-vietnamese",
};
const WEIGHTS = ["400", "700"];

/** What is inside the files of dist/, by the folder that holds its licence. */
const BUNDLED = [
  ["@google/model-viewer", "model-viewer.js"],
  ["three", "model-viewer.js"],
  ["lit", "model-viewer.js"],
  ["lit-html", "model-viewer.js"],
  ["lit-element", "model-viewer.js"],
  ["@lit/reactive-element", "model-viewer.js"],
  ["@monogrid/gainmap-js", "model-viewer.js"],
  ["@fontsource/noto-serif-sc", "fonts/noto-serif-sc-*.woff2"],
];

async function scripts() {
  await build({
    absWorkingDir: here,
    entryPoints: ["src/gallery.ts"],
    bundle: true,
    format: "iife",
    target: ["es2022"],
    charset: "utf8",
    legalComments: "none",
    minify: true,
    outfile: path.join(made, "gallery.js"),
  });
  await build({
    absWorkingDir: here,
    entryPoints: ["src/gallery.css"],
    bundle: true,
    external: ["fonts/*"],
    target: ["chrome123", "firefox121", "safari17.5"],
    charset: "utf8",
    minify: true,
    outfile: path.join(made, "gallery.css"),
  });
}

async function viewer() {
  const file = path.join(modules, "@google/model-viewer/dist/model-viewer-umd.min.js");
  const text = await readFile(file, "utf8");
  await writeFile(path.join(made, "model-viewer.js"), text.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"));
}

async function fonts() {
  const files = path.join(modules, "@fontsource/noto-serif-sc/files");
  await mkdir(path.join(made, "fonts"));
  for (const [subset, suffix] of Object.entries(SUBSETS)) {
    for (const weight of WEIGHTS) {
      await copyFile(
        path.join(files, `noto-serif-sc-${subset}-${weight}-normal.woff2`),
        path.join(made, "fonts", `noto-serif-sc${suffix}-${weight}.woff2`),
      );
    }
  }
}

async function licences() {
  const parts = ["Files that come from other projects, and their licences.\n"];
  for (const [name, file] of BUNDLED) {
    const folder = path.join(modules, name);
    const about = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
    const licence = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    if (licence === undefined) throw new Error(`${name} carries no licence file: say where its licence is in build.mjs`);
    const text = (await readFile(path.join(folder, licence), "utf8")).replaceAll("\r\n", "\n").trim();
    parts.push(`${"=".repeat(78)}\n${file}: ${name} ${about.version} (${about.license})\n\n${text}\n`);
  }
  await writeFile(path.join(made, "LICENSES.txt"), parts.join("\n"));
}

await rm(made, { recursive: true, force: true });
await mkdir(made, { recursive: true });
try {
  await Promise.all([scripts(), viewer(), fonts(), licences()]);
  // A build that fails half-way leaves the last good dist/ alone.
  await rm(dist, { recursive: true, force: true });
  await rename(made, dist);
} finally {
  await rm(made, { recursive: true, force: true });
}

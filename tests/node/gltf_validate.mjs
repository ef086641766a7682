// Judges glTF files: prints one JSON list with the validator's issues of each file.
// usage: node gltf_validate.mjs FILE.glb [FILE.glb …]
import { readFileSync } from "node:fs";
import { validateBytes } from "gltf-validator";

const reports = [];
for (const file of process.argv.slice(2)) {
  try {
    const { issues } = await validateBytes(new Uint8Array(readFileSync(file)), { maxIssues: 50 });
    reports.push({
      errors: issues.numErrors,
      warnings: issues.numWarnings,
      infos: issues.numInfos,
      hints: issues.numHints,
      messages: issues.messages.map((m) => `${m.code} ${m.pointer ?? ""}: ${m.message}`),
      codes: issues.messages.map((m) => m.code),
    });
  } catch (problem) {
    // It throws on what is not glTF at all.
    reports.push({ errors: 1, warnings: 0, infos: 0, hints: 0, messages: [String(problem)], codes: ["NOT_GLTF"] });
  }
}
process.stdout.write(JSON.stringify(reports));

// Builds the pages' styles and scripts into the Django app that serves them, with a manifest of the hashed
// names, and a sprite of only those icons that the pages use.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig, type Plugin } from "vite";
import { icons } from "./icons.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Lucide's whole sprite weighs 94 KB compressed; ours holds the few dozen icons that are named in icons.ts. */
function sprite(): Plugin {
  return {
    name: "callboard-sprite",
    generateBundle() {
      const symbols = icons.map((name) => {
        const source = readFileSync(here(`node_modules/lucide-static/icons/${name}.svg`), "utf8");
        const body = source.slice(source.indexOf(">", source.indexOf("<svg")) + 1, source.lastIndexOf("</svg>"));
        return `<symbol id="${name}" viewBox="0 0 24 24">${body.replace(/\s+/g, " ").trim()}</symbol>`;
      });
      const text = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
      const hash = createHash("sha256").update(text).digest("hex").slice(0, 8);
      this.emitFile({ type: "asset", fileName: `icons-${hash}.svg`, source: text });
      this.emitFile({ type: "asset", fileName: "icons.json", source: JSON.stringify({ file: `icons-${hash}.svg` }) });
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [tailwindcss(), sprite()],
  build: {
    outDir: here("../src/callboard/web/static/dist"),
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsDir: "assets",
    assetsInlineLimit: 0,
    modulePreload: false,
    chunkSizeWarningLimit: 700, // the classroom's, with LiveKit's client in it, which no other page loads
    rollupOptions: {
      input: {
        app: here("src/app.ts"), wall: here("src/wall.ts"), timeline: here("src/timeline.ts"), door: here("src/door.ts"),
        classroom: here("src/classroom.ts"),
      },
    },
  },
});

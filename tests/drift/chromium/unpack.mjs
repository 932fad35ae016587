// Unpacks what the package carries compressed: the browser, the libraries it loads, its fonts.
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import tar from "tar-fs";

const packed = new URL("node_modules/@sparticuz/chromium/bin/", import.meta.url);
const read = (name) => createReadStream(new URL(name, packed));

await mkdir("browser");
await pipeline(
  read("chromium.br"),
  createBrotliDecompress(),
  createWriteStream("browser/chromium", { mode: 0o755 }),
);
for (const name of ["al2023.tar.br", "fonts.tar.br"]) {
  await pipeline(read(name), createBrotliDecompress(), tar.extract("browser"));
}

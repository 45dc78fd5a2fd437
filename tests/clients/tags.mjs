// What music-metadata and node-id3 read of an MP3, as JSON.
import { parseFile } from "music-metadata";
import NodeID3 from "node-id3";

const path = process.argv[2];
const bytes = (_, value) => (value?.type === "Buffer" || value instanceof Uint8Array ? "bytes" : value);
const { common, format } = await parseFile(path, { includeChapters: true });
const { raw, ...tags } = NodeID3.read(path);
process.stdout.write(JSON.stringify({ "music-metadata": { common, chapters: format.chapters }, "node-id3": tags }, bytes));

// Reads a feed on standard input with the parser that is named, and prints what it understood as JSON.
import { readFileSync } from "node:fs";

const READERS = {
  "podcast-partytime": async (text) => {
    const { default: partytime } = await import("podcast-partytime");
    return partytime.parseFeed(text, { allowMissingGuid: false });
  },
  feedsmith: async (text) => {
    const { parseFeed } = await import("feedsmith");
    return parseFeed(text).feed;
  },
  "rss-parser": async (text) => {
    const { default: Parser } = await import("rss-parser");
    return new Parser().parseString(text);
  },
};
const feed = await READERS[process.argv[2]](readFileSync(0, "utf8"));
if (!feed) {
  console.error(`${process.argv[2]} could not read the feed`);
  process.exit(1);
}
console.log(JSON.stringify(feed));

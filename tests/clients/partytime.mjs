// Reads a feed on standard input with Podcast Index's own parser and prints what it understood as JSON.
import { readFileSync } from "node:fs";
import partytime from "podcast-partytime";

const { parseFeed } = partytime;
const feed = parseFeed(readFileSync(0, "utf8"), { allowMissingGuid: false });
if (feed === null) {
  console.error("podcast-partytime could not read the feed");
  process.exit(1);
}
console.log(JSON.stringify(feed));

// Reads a feed on standard input with gofeed, as Debian has it, and prints what it understood as JSON.
package main

import (
	"encoding/json"
	"log"
	"os"

	"github.com/mmcdole/gofeed"
)

func main() {
	feed, err := gofeed.NewParser().Parse(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(feed); err != nil {
		log.Fatal(err)
	}
}

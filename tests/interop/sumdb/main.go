// Sumdb verifies logs of fedquery with the Go checksum database's own code, golang.org/x/mod/sumdb.
//
// Nothing here is shared with fedquery: hashes, trees, proofs and signatures are computed by the
// packages note and tlog. What is added is what those packages do not know: the paths of
// c2sp.org/tlog-tiles, its entry bundles, and the cosignatures of c2sp.org/tlog-cosignature.
//
//	sumdb verify LOG KEYS [OLDER ...]   verify an exported log; KEYS has a key on each line, the
//	                                    log's own first; OLDER are checkpoints kept from before
//	sumdb write DIRECTORY               write the log of tests/vectors/tlog/sumdb
//	sumdb                               answer each JSON line with a JSON line
//
// Build it with Debian's packages golang-go and golang-golang-x-mod-dev, without a network:
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go build
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "sumdb:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 0:
		return serve(os.Stdin, os.Stdout)
	case len(args) >= 3 && args[0] == "verify":
		return verifyFiles(args[1], args[2], args[3:])
	case len(args) == 2 && args[0] == "write":
		return writeVectors(args[1])
	}
	return errors.New("usage: sumdb [verify LOG KEYS [OLDER ...] | write DIRECTORY]")
}

// verifyFiles verifies a log as an auditor does, and prints what it is.
func verifyFiles(log, keys string, older []string) error {
	texts, err := readAll(append([]string{keys}, older...))
	if err != nil {
		return err
	}
	found, err := verifyLog(log, strings.Fields(texts[0]), texts[1:])
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(found)
}

func readAll(paths []string) (texts []string, err error) {
	for _, path := range paths {
		octets, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		texts = append(texts, string(octets))
	}
	return texts, nil
}

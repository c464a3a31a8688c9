package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/tlog"
)

// A call is one line of the input.
type call struct {
	Call  string   `json:"call"`
	Log   string   `json:"log"`   // verify: the exported directory
	Keys  []string `json:"keys"`  // the key of the log, then those of cosigners
	Older []string `json:"older"` // verify: checkpoints; consistency: one
	Note  string   `json:"note"`  // open, inclusion, consistency: the checkpoint
	Index int64    `json:"index"`
	Entry string   `json:"entry"` // hexadecimal, as the hashes of the proof
	Proof []string `json:"proof"`
}

// serve answers each line with a line until the input ends: what was found, or {"error": why}.
func serve(in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	answers := json.NewEncoder(out)
	for lines.Scan() {
		var asked call
		err := json.Unmarshal(lines.Bytes(), &asked)
		var found any
		if err == nil {
			found, err = asked.answer()
		}
		if err != nil {
			found = map[string]string{"error": err.Error()}
		}
		if err := answers.Encode(found); err != nil {
			return err
		}
	}
	return lines.Err()
}

func (c call) answer() (any, error) {
	switch c.Call {
	case "open":
		return openCheckpoint(c.Note, c.Keys)
	case "verify":
		return verifyLog(c.Log, c.Keys, c.Older)
	case "inclusion":
		return c.inclusion()
	case "consistency":
		return c.consistency()
	}
	return nil, fmt.Errorf("there is no call %q", c.Call)
}

func (c call) hashes() (hashes []tlog.Hash, err error) {
	for _, text := range c.Proof {
		var hash tlog.Hash
		octets, err := hex.DecodeString(text)
		if err != nil || copy(hash[:], octets) != tlog.HashSize {
			return nil, fmt.Errorf("malformed hash of a proof")
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

// inclusion checks somebody else's proof that an entry is in the tree of a checkpoint.
func (c call) inclusion() (any, error) {
	head, err := openCheckpoint(c.Note, c.Keys)
	if err != nil {
		return nil, err
	}
	entry, err := hex.DecodeString(c.Entry)
	if err != nil {
		return nil, err
	}
	proof, err := c.hashes()
	if err != nil {
		return nil, err
	}
	return head, tlog.CheckRecord(proof, head.Size, head.Tree.Hash, c.Index, tlog.RecordHash(entry))
}

// consistency checks somebody else's proof that one checkpoint extends an older one.
func (c call) consistency() (any, error) {
	head, err := openCheckpoint(c.Note, c.Keys)
	if err != nil {
		return nil, err
	}
	if len(c.Older) != 1 {
		return nil, fmt.Errorf("one older checkpoint is compared")
	}
	older, err := openCheckpoint(c.Older[0], c.Keys)
	if err != nil {
		return nil, err
	}
	proof, err := c.hashes()
	if err != nil {
		return nil, err
	}
	return head, tlog.CheckTree(proof, head.Size, head.Tree.Hash, older.Size, older.Tree.Hash)
}

package main

import (
	"errors"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A checkpoint is what a log says of itself, and who signed it.
type checkpoint struct {
	Origin    string   `json:"origin"`
	Tree      tree     `json:"-"`
	Size      int64    `json:"size"`
	Root      string   `json:"root"` // as in the checkpoint, in base64
	Cosigners []string `json:"cosigners"`
}

type tree = tlog.Tree

// openCheckpoint opens a checkpoint that its log must have signed; the log's key is the first one.
//
// Package note refuses the whole note if a line by any of the keys does not verify.
func openCheckpoint(text string, vkeys []string) (*checkpoint, error) {
	if len(vkeys) == 0 {
		return nil, errors.New("the key of the log is missing")
	}
	verifiers, err := parseKeys(vkeys)
	if err != nil {
		return nil, err
	}
	opened, err := note.Open([]byte(text), verifiers)
	if err != nil {
		return nil, err
	}
	found, err := parseCheckpoint(opened.Text)
	if err != nil {
		return nil, err
	}
	log, err := parseKey(vkeys[0])
	if err != nil {
		return nil, err
	}
	signed := false
	for _, signature := range opened.Sigs {
		if signature.Name == log.Name() && signature.Hash == log.KeyHash() {
			signed = true
		} else {
			found.Cosigners = append(found.Cosigners, signature.Name)
		}
	}
	if !signed || log.Name() != found.Origin {
		return nil, errors.New("the log itself has not signed its checkpoint")
	}
	return found, nil
}

func parseCheckpoint(text string) (*checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return nil, errors.New("a checkpoint has three lines")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return nil, errors.New("malformed size of a checkpoint")
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return nil, err
	}
	return &checkpoint{lines[0], tree{N: size, Hash: root}, size, lines[2], []string{}}, nil
}

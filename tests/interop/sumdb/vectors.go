package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// The log of the vectors: more than one tile, and sizes around the edges of tiles and of powers.
const (
	vectorLog     = "example.org/sumdb/log"
	vectorWitness = "example.org/sumdb/witness"
	vectorEntries = 300
	vectorTime    = 1_700_000_000
)

var (
	logSeed     = bytes.Repeat([]byte{1}, ed25519.SeedSize)
	witnessSeed = bytes.Repeat([]byte{2}, ed25519.SeedSize)
	vectorSizes = []int64{1, 2, 3, 7, 8, 255, 256, 257, vectorEntries}
)

// A vectorFile is vectors.json: keys, checkpoints and proofs; hashes are hexadecimal.
type vectorFile struct {
	Log         string              `json:"log"`
	Witness     string              `json:"witness"`
	Checkpoints map[int64]string    `json:"checkpoints"`
	Inclusion   []inclusionVector   `json:"inclusion"`
	Consistency []consistencyVector `json:"consistency"`
}

type inclusionVector struct {
	Index int64    `json:"index"`
	Size  int64    `json:"size"`
	Proof []string `json:"proof"`
}

type consistencyVector struct {
	Old   int64    `json:"old"`
	New   int64    `json:"new"`
	Proof []string `json:"proof"`
}

func vectorEntry(i int64) []byte { return []byte(fmt.Sprintf("entry %d", i)) }

// writeVectors writes a log as tiles and bundles, with its checkpoints and proofs.
func writeVectors(root string) error {
	var hashes stored
	for i := int64(0); i < vectorEntries; i++ {
		added, err := tlog.StoredHashes(i, vectorEntry(i), hashes)
		if err != nil {
			return err
		}
		hashes = append(hashes, added...)
	}
	vectors, err := proofs(hashes)
	if err != nil {
		return err
	}
	if err := writeTree(root, hashes); err != nil {
		return err
	}
	if err := write(filepath.Join(root, "checkpoint"), []byte(vectors.Checkpoints[vectorEntries])); err != nil {
		return err
	}
	text, err := json.MarshalIndent(vectors, "", " ")
	if err != nil {
		return err
	}
	return write(filepath.Join(root, "vectors.json"), append(text, '\n'))
}

func writeTree(root string, hashes stored) error {
	for _, tile := range tilesOf(vectorEntries) {
		octets, err := tlog.ReadTileData(tile, hashes)
		if err != nil {
			return err
		}
		if err := write(filepath.Join(root, tilePath(tile)), octets); err != nil {
			return err
		}
		if tile.L != 0 {
			continue
		}
		var bundle []byte
		for i := 0; i < tile.W; i++ {
			entry := vectorEntry(tile.N<<height + int64(i))
			bundle = binary.BigEndian.AppendUint16(bundle, uint16(len(entry)))
			bundle = append(bundle, entry...)
		}
		if err := write(filepath.Join(root, tilePath(bundleOf(tile))), bundle); err != nil {
			return err
		}
	}
	return nil
}

func write(path string, octets []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, octets, 0o644)
}

// proofs signs a checkpoint of each size and makes proofs between and below them.
func proofs(hashes stored) (*vectorFile, error) {
	// The generator reads the seed from its source of randomness and nothing else.
	secret, public, err := note.GenerateKey(bytes.NewReader(logSeed), vectorLog)
	if err != nil {
		return nil, err
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		return nil, err
	}
	witness := newCosigner(vectorWitness, witnessSeed, vectorTime)
	made := &vectorFile{Log: public, Witness: witness.vkey(), Checkpoints: map[int64]string{}}
	for at, size := range vectorSizes {
		root, err := tlog.TreeHash(size, hashes)
		if err != nil {
			return nil, err
		}
		text := fmt.Sprintf("%s\n%d\n%s\n", vectorLog, size, root)
		signed, err := note.Sign(&note.Note{Text: text}, signer, witness)
		if err != nil {
			return nil, err
		}
		made.Checkpoints[size] = string(signed)
		for _, index := range distinct(0, size/2, size-1) {
			proof, err := tlog.ProveRecord(size, index, hashes)
			if err != nil {
				return nil, err
			}
			made.Inclusion = append(made.Inclusion, inclusionVector{index, size, texts(proof)})
		}
		for _, old := range vectorSizes[:at+1] {
			proof, err := tlog.ProveTree(size, old, hashes)
			if err != nil {
				return nil, err
			}
			made.Consistency = append(made.Consistency, consistencyVector{old, size, texts(proof)})
		}
	}
	return made, nil
}

// distinct leaves out what stands more than once; the numbers rise.
func distinct(numbers ...int64) (found []int64) {
	for _, number := range numbers {
		if len(found) == 0 || found[len(found)-1] != number {
			found = append(found, number)
		}
	}
	return found
}

func texts(hashes []tlog.Hash) []string {
	found := []string{}
	for _, hash := range hashes {
		found = append(found, hex.EncodeToString(hash[:]))
	}
	return found
}

package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/tlog"
)

// A report says what was verified of a log.
type report struct {
	checkpoint
	Tiles   int     `json:"tiles"`
	Bundles int     `json:"bundles"`
	Entries int64   `json:"entries"`
	Older   []int64 `json:"older"` // the sizes of the older checkpoints that the log extends
}

// stored are the hashes of a log in the order in which package tlog stores them.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) (hashes []tlog.Hash, err error) {
	for _, index := range indexes {
		if index >= int64(len(s)) {
			return nil, errors.New("there are not so many hashes")
		}
		hashes = append(hashes, s[index])
	}
	return hashes, nil
}

// verifyLog verifies a whole exported log: the signatures, the root of all entries, each tile, an
// inclusion proof of each entry, and that each older checkpoint is of the same history.
func verifyLog(root string, vkeys, older []string) (*report, error) {
	text, err := os.ReadFile(filepath.Join(root, "checkpoint"))
	if err != nil {
		return nil, err
	}
	head, err := openCheckpoint(string(text), vkeys)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	log := directory{root}
	tiles := tilesOf(head.Size)
	hashes, err := log.hashEntries(tiles)
	if err != nil {
		return nil, err
	}
	if err := log.verifyRoot(head, hashes); err != nil {
		return nil, err
	}
	found := &report{checkpoint: *head, Tiles: len(tiles), Entries: head.Size, Older: []int64{}}
	named := map[string]bool{}
	for _, tile := range tiles {
		if err := log.compare(tile, hashes); err != nil {
			return nil, err
		}
		named[tilePath(tile)] = true
		if tile.L == 0 {
			named[tilePath(bundleOf(tile))] = true
			found.Bundles++
		}
	}
	if err := refuseOthers(root, named); err != nil {
		return nil, err
	}
	// Proofs are made from the tiles, as a client makes them. The reader is not relied on to verify
	// the tiles: where several subtrees of the root stand in one tile, it passes over some others
	// (ReadHashes, as of x/mod 0.7.0). Each proof is checked against the root.
	reader := tlog.TileHashReader(head.Tree, log)
	for index := int64(0); index < head.Size; index++ {
		leaf := hashes[tlog.StoredHashIndex(0, index)]
		proof, err := tlog.ProveRecord(head.Size, index, reader)
		if err == nil {
			err = tlog.CheckRecord(proof, head.Size, head.Tree.Hash, index, leaf)
		}
		if err != nil {
			return nil, fmt.Errorf("inclusion of entry %d: %w", index, err)
		}
	}
	for _, text := range older {
		size, err := verifyOlder(text, vkeys, head, reader)
		if err != nil {
			return nil, fmt.Errorf("older checkpoint: %w", err)
		}
		found.Older = append(found.Older, size)
	}
	return found, nil
}

// hashEntries hashes all entries as leaves and computes the tree over them.
func (d directory) hashEntries(tiles []tlog.Tile) (hashes stored, err error) {
	index := int64(0)
	for _, tile := range tiles {
		if tile.L != 0 {
			continue
		}
		entries, err := d.readBundle(bundleOf(tile))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", tilePath(bundleOf(tile)), err)
		}
		for _, entry := range entries {
			added, err := tlog.StoredHashes(index, entry, hashes)
			if err != nil {
				return nil, err
			}
			hashes = append(hashes, added...)
			index++
		}
	}
	return hashes, nil
}

// verifyRoot compares the root over all entries with the signed one, and looks for the first entry
// that is not the one of its leaf hash where they differ.
func (d directory) verifyRoot(head *checkpoint, hashes stored) error {
	root, err := tlog.TreeHash(head.Size, hashes)
	if err != nil {
		return err
	}
	if head.Size == 0 {
		// The RFC's root of the empty tree, of which package tlog knows nothing.
		root = sha256.Sum256(nil)
	}
	if root == head.Tree.Hash {
		return nil
	}
	for _, tile := range tilesOf(head.Size) {
		if tile.L == 0 {
			first, err := d.firstDifference(tile, hashes)
			if err == nil && first >= 0 {
				err = fmt.Errorf("%s: entry %d is not the one that was logged", tilePath(bundleOf(tile)), first)
			}
			if err != nil {
				return err
			}
		}
	}
	return errors.New("checkpoint: the entries and tiles are of another log than was signed")
}

// compare requires that a tile has the hashes of the entries.
func (d directory) compare(tile tlog.Tile, hashes stored) error {
	first, err := d.firstDifference(tile, hashes)
	if err == nil && first >= 0 {
		err = fmt.Errorf("does not fit the entries from entry %d on", first)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", tilePath(tile), err)
	}
	return nil
}

// firstDifference gives the first entry under a hash of a tile that is another one, or -1.
func (d directory) firstDifference(tile tlog.Tile, hashes stored) (int64, error) {
	read, err := d.ReadTiles([]tlog.Tile{tile})
	if err != nil {
		return -1, err
	}
	computed, err := tlog.ReadTileData(tile, hashes)
	if err != nil {
		return -1, err
	}
	for at := 0; at < len(computed); at += tlog.HashSize {
		if !bytes.Equal(read[0][at:at+tlog.HashSize], computed[at:at+tlog.HashSize]) {
			return (tile.N<<height + int64(at/tlog.HashSize)) << (height * tile.L), nil
		}
	}
	return -1, nil
}

// refuseOthers refuses files below tile/ that are no part of the log.
func refuseOthers(root string, named map[string]bool) error {
	return filepath.WalkDir(filepath.Join(root, "tile"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			// The log of no entries has no tiles.
			if errors.Is(err, fs.ErrNotExist) && len(named) == 0 {
				return nil
			}
			return err
		}
		name, err := filepath.Rel(root, path)
		if err == nil && !named[filepath.ToSlash(name)] {
			err = fmt.Errorf("%s is no part of the log", name)
		}
		return err
	})
}

// verifyOlder verifies that the log begins with the tree of a checkpoint that was kept.
func verifyOlder(text string, vkeys []string, head *checkpoint, reader tlog.HashReader) (int64, error) {
	older, err := openCheckpoint(text, vkeys)
	if err != nil {
		return 0, err
	}
	if older.Size > head.Size {
		return 0, fmt.Errorf("the log had %d entries and has %d", older.Size, head.Size)
	}
	if older.Size == 0 {
		return 0, nil
	}
	proof, err := tlog.ProveTree(head.Size, older.Size, reader)
	if err == nil {
		err = tlog.CheckTree(proof, head.Size, head.Tree.Hash, older.Size, older.Tree.Hash)
	}
	return older.Size, err
}

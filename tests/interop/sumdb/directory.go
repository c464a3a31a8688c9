package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Tiles of c2sp.org/tlog-tiles have 256 hashes.
const height = 8

// A directory is an exported log; it implements tlog.TileReader.
type directory struct{ root string }

func (d directory) Height() int                     { return height }
func (d directory) SaveTiles([]tlog.Tile, [][]byte) {}
func (d directory) path(tile tlog.Tile) string      { return filepath.Join(d.root, tilePath(tile)) }
func (d directory) ReadTiles(tiles []tlog.Tile) (data [][]byte, err error) {
	for _, tile := range tiles {
		octets, err := os.ReadFile(d.path(tile))
		if err != nil {
			return nil, err
		}
		// Tlog checks the hashes of a tile and leaves its length to the reader.
		if len(octets) != tile.W*tlog.HashSize {
			return nil, errors.New("a tile has not the length of its name")
		}
		data = append(data, octets)
	}
	return data, nil
}

// tilePath is the path of a tile. The Go checksum database writes tile/8/0/000 where C2SP writes
// tile/0/000, and data where it writes entries.
func tilePath(tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", height))
	return "tile/" + strings.Replace(path, "data/", "entries/", 1)
}

// tilesOf lists the tiles of a tree, each in its greatest width only.
func tilesOf(size int64) []tlog.Tile {
	widest := []tlog.Tile{}
	for _, tile := range tlog.NewTiles(height, 0, size) {
		last := len(widest) - 1
		if last >= 0 && widest[last].L == tile.L && widest[last].N == tile.N {
			widest[last] = tile
		} else {
			widest = append(widest, tile)
		}
	}
	return widest
}

// bundleOf names the bundle with the entries of a tile of level 0.
func bundleOf(tile tlog.Tile) tlog.Tile {
	return tlog.Tile{H: height, L: -1, N: tile.N, W: tile.W}
}

// readBundle splits a bundle into its entries, each behind its length.
func (d directory) readBundle(bundle tlog.Tile) (entries [][]byte, err error) {
	octets, err := os.ReadFile(d.path(bundle))
	if err != nil {
		return nil, err
	}
	for i := 0; i < bundle.W; i++ {
		if len(octets) < 2 || len(octets)-2 < int(binary.BigEndian.Uint16(octets)) {
			return nil, fmt.Errorf("entry %d is cut", bundle.N<<height+int64(i))
		}
		end := 2 + int(binary.BigEndian.Uint16(octets))
		entries = append(entries, octets[2:end])
		octets = octets[end:]
	}
	if len(octets) != 0 {
		return nil, errors.New("octets behind the last entry")
	}
	return entries, nil
}

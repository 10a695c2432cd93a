// Checks a published log, or a proof, with Go's own code for transparency logs, and nothing of ours.
//
//	oracle log FOLDER VKEY [OLDER_CHECKPOINT…]
//	oracle proof ENTRY PROOF VKEY
//
// Says `verified` and ends with 0, or says why not and ends with 1.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func main() {
	var err error
	switch {
	case len(os.Args) >= 4 && os.Args[1] == "log":
		err = checkLog(os.Args[2], os.Args[3], os.Args[4:])
	case len(os.Args) == 5 && os.Args[1] == "proof":
		err = checkProof(os.Args[2], os.Args[3], os.Args[4])
	default:
		err = fmt.Errorf("usage: oracle log FOLDER VKEY [OLDER_CHECKPOINT…] | oracle proof ENTRY PROOF VKEY")
	}
	if err != nil {
		fmt.Println("not verified:", err)
		os.Exit(1)
	}
	fmt.Println("verified")
}

// tree opens a checkpoint: the signature by note.Open, the three lines by itself.
func tree(raw []byte, vkey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(raw, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	for _, signature := range opened.Sigs { // note.Open passes over the idle bits of base64
		if decoded, _ := base64.StdEncoding.DecodeString(signature.Base64); base64.StdEncoding.EncodeToString(decoded) != signature.Base64 {
			return tlog.Tree{}, fmt.Errorf("a signature has another spelling than its own")
		}
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return tlog.Tree{}, fmt.Errorf("a checkpoint of %d lines", len(lines)-1)
	}
	if lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("the origin is %q", lines[0])
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return tlog.Tree{}, fmt.Errorf("the size is %q", lines[1])
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil || root.String() != lines[2] {
		return tlog.Tree{}, fmt.Errorf("the root is %q", lines[2])
	}
	return tlog.Tree{N: size, Hash: root}, nil
}

func checkLog(folder, vkey string, older []string) error {
	raw, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return err
	}
	head, err := tree(raw, vkey)
	if err != nil {
		return err
	}
	hashes, err := leaves(folder, head.N)
	if err != nil {
		return err
	}
	if head.N == 0 { // Go's tiles begin with the first entry
		empty := tlog.Hash{0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
			0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55}
		if head.Hash != empty {
			return fmt.Errorf("the root of an empty log is %v", head.Hash)
		}
		return nil
	}
	if err := checkTiles(folder, head, hashes); err != nil {
		return err
	}
	stored, err := store(hashes)
	if err != nil {
		return err
	}
	if err := compareTiles(folder, head.N, stored); err != nil {
		return err
	}
	if err := checkRecords(head, hashes, stored); err != nil {
		return err
	}
	return checkTrees(head, vkey, older, stored)
}

// leaves reads every entry and gives the hashes of all.
func leaves(folder string, size int64) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for n := int64(0); n*256 < size; n++ {
		width := 256
		if size-n*256 < 256 {
			width = int(size - n*256)
		}
		raw, err := os.ReadFile(place(folder, tlog.Tile{H: height, L: -1, N: n, W: width}))
		if err != nil {
			return nil, err
		}
		count := 0
		for ; len(raw) > 0; count++ {
			if len(raw) < 2 || len(raw) < 2+int(binary.BigEndian.Uint16(raw)) {
				return nil, fmt.Errorf("bundle %d ends in the middle of an entry", n)
			}
			end := 2 + int(binary.BigEndian.Uint16(raw))
			hashes = append(hashes, tlog.RecordHash(raw[2:end]))
			raw = raw[end:]
		}
		if count != width {
			return nil, fmt.Errorf("bundle %d has %d entries in the place of %d", n, count, width)
		}
	}
	return hashes, nil
}

// place is where a tile of Go's naming lies in ours: tile/8/L/… is tile/L/…, tile/8/data/… is tile/entries/….
func place(folder string, tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), "tile/8/")
	if rest, isData := cut(path, "data/"); isData {
		path = "entries/" + rest
	}
	return filepath.Join(folder, "tile", filepath.FromSlash(path))
}

func cut(text, prefix string) (string, bool) {
	return strings.TrimPrefix(text, prefix), strings.HasPrefix(text, prefix)
}

// files reads tiles as tlog.TileHashReader asks for them.
type files struct{ folder string }

func (f files) Height() int { return height }

func (f files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range tiles {
		raw, err := os.ReadFile(place(f.folder, tile))
		if err != nil {
			return nil, err
		}
		found = append(found, raw)
	}
	return found, nil
}

func (f files) SaveTiles([]tlog.Tile, [][]byte) {}

// checkTiles reads the tree through its tiles: its root, and every leaf, which must be the hash of its entry.
func checkTiles(folder string, head tlog.Tree, hashes []tlog.Hash) error {
	reader := tlog.TileHashReader(head, files{folder})
	root, err := tlog.TreeHash(head.N, reader)
	if err != nil {
		return err
	}
	if root != head.Hash {
		return fmt.Errorf("the tiles have the root %v", root)
	}
	var all []int64
	for n := range hashes {
		all = append(all, tlog.StoredHashIndex(0, int64(n)))
	}
	found, err := reader.ReadHashes(all)
	if err != nil {
		return err
	}
	for n, hash := range found {
		if hash != hashes[n] {
			return fmt.Errorf("entry %d is not the one in its tile", n)
		}
	}
	return nil
}

// store works out every hash of the tree from its entries.
func store(hashes []tlog.Hash) (tlog.HashReaderFunc, error) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, index := range indexes {
			found = append(found, stored[index])
		}
		return found, nil
	})
	for n, hash := range hashes {
		more, err := tlog.StoredHashesForRecordHash(int64(n), hash, reader)
		if err != nil {
			return nil, err
		}
		stored = append(stored, more...)
	}
	return reader, nil
}

// compareTiles asks that every tile that belongs to the tree is there, byte for byte.
func compareTiles(folder string, size int64, stored tlog.HashReader) error {
	for level := 0; size>>(height*level) > 0; level++ {
		wide := size >> (height * level)
		for n := int64(0); n*256 < wide; n++ {
			tile := tlog.Tile{H: height, L: level, N: n, W: 256}
			if wide-n*256 < 256 {
				tile.W = int(wide - n*256)
			}
			expected, err := tlog.ReadTileData(tile, stored)
			if err != nil {
				return err
			}
			found, err := os.ReadFile(place(folder, tile))
			if err != nil {
				return err
			}
			if !bytes.Equal(found, expected) {
				return fmt.Errorf("%s is another tile", tile.Path())
			}
		}
	}
	return nil
}

// checkRecords proves every entry.
func checkRecords(head tlog.Tree, hashes []tlog.Hash, stored tlog.HashReader) error {
	for n, hash := range hashes {
		proof, err := tlog.ProveRecord(head.N, int64(n), stored)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, head.N, head.Hash, int64(n), hash); err != nil {
			return fmt.Errorf("entry %d: %v", n, err)
		}
	}
	return nil
}

// checkTrees proves that each checkpoint, given from the smallest on, is the beginning of all later ones.
func checkTrees(head tlog.Tree, vkey string, older []string, stored tlog.HashReader) error {
	trees := []tlog.Tree{}
	for _, path := range older {
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		old, err := tree(raw, vkey)
		if err != nil {
			return err
		}
		if old.N > head.N {
			return fmt.Errorf("the log had %d entries and has %d", old.N, head.N)
		}
		trees = append(trees, old)
	}
	trees = append(trees, head)
	for i, old := range trees {
		for _, later := range trees[i:] {
			if old.N == 0 {
				continue
			}
			proof, err := tlog.ProveTree(later.N, old.N, stored)
			if err != nil {
				return err
			}
			if err := tlog.CheckTree(proof, later.N, later.Hash, old.N, old.Hash); err != nil {
				return fmt.Errorf("%d to %d: %v", old.N, later.N, err)
			}
		}
	}
	return nil
}

// checkProof checks a proof file of either form over the bytes of an entry.
func checkProof(entry, path, vkey string) error {
	leaf, err := os.ReadFile(entry)
	if err != nil {
		return err
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text := strings.TrimPrefix(string(raw), "c2sp.org/tlog-proof@v1\n")
	i := strings.Index(text, "\n\n")
	if i < 0 || !strings.HasPrefix(text, "index ") {
		return fmt.Errorf("this is no proof")
	}
	lines := strings.Split(text[:i], "\n")
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	if err != nil || "index "+strconv.FormatInt(index, 10) != lines[0] {
		return fmt.Errorf("the index is %q", lines[0])
	}
	var proof tlog.RecordProof
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		if err != nil || hash.String() != line {
			return fmt.Errorf("a hash is %q", line)
		}
		proof = append(proof, hash)
	}
	head, err := tree([]byte(text[i+2:]), vkey)
	if err != nil {
		return err
	}
	if index < 0 || index >= head.N {
		return fmt.Errorf("entry %d of %d", index, head.N)
	}
	return tlog.CheckRecord(proof, head.N, head.Hash, index, tlog.RecordHash(leaf))
}

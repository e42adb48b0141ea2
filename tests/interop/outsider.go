// An outsider who has Go and golang.org/x/mod/sumdb, but no part of exquota. It checks exquota's checkpoints and proofs,
// and makes the same ones from the same lines and key.
//
//	outsider check VKEY PROOF [OLDER-CHECKPOINT]
//	outsider make SKEY LEDGER INDEX OLDER-SIZE FOLDER
package main

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	args := os.Args[1:]
	switch {
	case len(args) == 3 && args[0] == "check":
		check(args[1], args[2], "")
	case len(args) == 4 && args[0] == "check":
		check(args[1], args[2], args[3])
	case len(args) == 6 && args[0] == "make":
		makeAll(args[1], args[2], number(args[3]), number(args[4]), args[5])
	case len(args) == 2 && args[0] == "keygen":
		secret, public, err := note.GenerateKey(rand.Reader, args[1])
		must(err)
		fmt.Printf("%s\n%s\n", secret, public)
	default:
		must(fmt.Errorf("usage: check | make | keygen"))
	}
}

func check(keyFile, proofFile, olderFile string) {
	verifier, err := note.NewVerifier(strings.TrimSpace(read(keyFile)))
	must(err)
	head, signed, found := strings.Cut(read(proofFile), "\n\n")
	if !found {
		must(fmt.Errorf("no checkpoint in %s", proofFile))
	}
	tree := open(signed, verifier)
	lines := strings.Split(head, "\n")
	if olderFile != "" {
		older := open(read(olderFile), verifier)
		if lines[0] != fmt.Sprintf("old %d", older.N) {
			must(fmt.Errorf("the proof begins with %q", lines[0]))
		}
		must(tlog.CheckTree(hashes(lines[1:]), tree.N, tree.Hash, older.N, older.Hash))
		fmt.Printf("%d of %d entries unchanged\n", older.N, tree.N)
		return
	}
	if lines[0] != "c2sp.org/tlog-proof@v1" {
		must(fmt.Errorf("the proof begins with %q", lines[0]))
	}
	line, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	must(err)
	index := number(strings.TrimPrefix(lines[2], "index "))
	must(tlog.CheckRecord(hashes(lines[3:]), tree.N, tree.Hash, index, tlog.RecordHash(line)))
	fmt.Printf("%s\n", line)
}

// open returns the tree of a checkpoint that the key has signed.
func open(signed string, verifier note.Verifier) tlog.Tree {
	opened, err := note.Open([]byte(signed), note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		must(fmt.Errorf("not a checkpoint of %s: %q", verifier.Name(), opened.Text))
	}
	root, err := tlog.ParseHash(lines[2])
	must(err)
	return tlog.Tree{N: number(lines[1]), Hash: root}
}

func makeAll(keyFile, ledgerFile string, index, older int64, folder string) {
	signer, err := note.NewSigner(strings.TrimSpace(read(keyFile)))
	must(err)
	lines := bytes.Split([]byte(strings.TrimSuffix(read(ledgerFile), "\n")), []byte("\n"))
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, index := range indexes {
			found = append(found, stored[index])
		}
		return found, nil
	})
	for number, line := range lines {
		more, err := tlog.StoredHashes(int64(number), line, reader)
		must(err)
		stored = append(stored, more...)
	}
	size := int64(len(lines))
	newest, old := checkpoint(signer, size, reader), checkpoint(signer, older, reader)
	inclusion, err := tlog.ProveRecord(size, index, reader)
	must(err)
	consistency, err := tlog.ProveTree(size, older, reader)
	must(err)
	extra := base64.StdEncoding.EncodeToString(lines[index])
	entry := fmt.Sprintf("c2sp.org/tlog-proof@v1\nextra %s\nindex %d\n%s\n%s", extra, index, written(inclusion), newest)
	since := fmt.Sprintf("old %d\n%s\n%s", older, written(consistency), newest)
	for name, text := range map[string]string{"checkpoint": newest, "older": old, "entry": entry, "since": since} {
		must(os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644))
	}
}

func checkpoint(signer note.Signer, size int64, reader tlog.HashReader) string {
	root, err := tlog.TreeHash(size, reader)
	must(err)
	text := fmt.Sprintf("%s\n%d\n%s\n", signer.Name(), size, root)
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	must(err)
	return string(signed)
}

func written(path []tlog.Hash) string {
	var text strings.Builder
	for _, hash := range path {
		fmt.Fprintln(&text, hash)
	}
	return text.String()
}

func hashes(lines []string) []tlog.Hash {
	var path []tlog.Hash
	for _, line := range lines {
		hash, err := tlog.ParseHash(line)
		must(err)
		path = append(path, hash)
	}
	return path
}

func number(digits string) int64 {
	value, err := strconv.ParseInt(digits, 10, 64)
	must(err)
	return value
}

func read(path string) string {
	text, err := os.ReadFile(path)
	must(err)
	return string(text)
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "refused:", err)
		os.Exit(1)
	}
}

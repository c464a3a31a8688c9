package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// The signature type of Ed25519 cosignatures, of which package note knows nothing.
const cosignatureV1 = 0x04

// A cosigner is the key of c2sp.org/tlog-cosignature: it signs a time beside the text.
type cosigner struct {
	name    string
	id      uint32
	public  ed25519.PublicKey
	private ed25519.PrivateKey // nil for a verifier
	time    uint64             // seconds since 1970, of what it signs
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.id }

func cosigned(time uint64, text []byte) []byte {
	return append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", time)), text...)
}

// Verify implements note.Verifier.
func (c cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	time := binary.BigEndian.Uint64(signature)
	return ed25519.Verify(c.public, cosigned(time, text), signature[8:])
}

// Sign implements note.Signer.
func (c cosigner) Sign(text []byte) ([]byte, error) {
	if c.private == nil {
		return nil, errors.New("this key verifies only")
	}
	time := binary.BigEndian.AppendUint64(nil, c.time)
	return append(time, ed25519.Sign(c.private, cosigned(c.time, text))...), nil
}

// newCosigner makes a cosigner whose seed is given.
func newCosigner(name string, seed []byte, time uint64) cosigner {
	private := ed25519.NewKeyFromSeed(seed)
	public := private.Public().(ed25519.PublicKey)
	return cosigner{name, keyID(name, append([]byte{cosignatureV1}, public...)), public, private, time}
}

// vkey writes the public key as one text.
func (c cosigner) vkey() string {
	key := append([]byte{cosignatureV1}, c.public...)
	return fmt.Sprintf("%s+%08x+%s", c.name, c.id, base64.StdEncoding.EncodeToString(key))
}

// keyID is the key id of c2sp.org/signed-note; key begins with the signature type.
func keyID(name string, key []byte) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n"), key...))
	return binary.BigEndian.Uint32(sum[:])
}

// parseKey reads the text of a verifier key: package note's own, or a cosigner's.
func parseKey(vkey string) (note.Verifier, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("malformed verifier key")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != cosignatureV1 {
		return note.NewVerifier(vkey)
	}
	id := keyID(parts[0], key)
	if fmt.Sprintf("%08x", id) != parts[1] {
		return nil, errors.New("the id of a verifier key is another key's")
	}
	return cosigner{name: parts[0], id: id, public: key[1:]}, nil
}

func parseKeys(vkeys []string) (note.Verifiers, error) {
	var verifiers []note.Verifier
	for _, vkey := range vkeys {
		verifier, err := parseKey(vkey)
		if err != nil {
			return nil, err
		}
		verifiers = append(verifiers, verifier)
	}
	return note.VerifierList(verifiers...), nil
}

// Verify a checkpoint and an inclusion proof with @sigstore/verify.

import { createPublicKey } from 'node:crypto';
import checkpoints from '@sigstore/verify/dist/tlog/checkpoint.js';
import merkle from '@sigstore/verify/dist/tlog/merkle.js';
import { hex, octets, serve } from './lines.mjs';

// RFC 8410: what stands before the 32 octets of an Ed25519 key in a SubjectPublicKeyInfo.
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

function publicKey(raw) {
  const der = Buffer.concat([SPKI_PREFIX, octets(raw)]);
  return createPublicKey({ key: der, format: 'der', type: 'spki' });
}

await serve({
  verify({ log, note, index, proof, entry }) {
    const logs = [
      { logID: Buffer.from(log.key_id, 'hex'), publicKey: publicKey(log.public_key), baseURL: log.name },
    ];
    const logged = {
      canonicalizedBody: Buffer.from(entry, 'hex'),
      inclusionProof: {
        logIndex: String(index),
        hashes: proof.map((hash) => Buffer.from(hash, 'hex')),
        checkpoint: { envelope: note },
      },
    };
    const checkpoint = checkpoints.verifyCheckpoint(logged, logs);
    merkle.verifyMerkleInclusion(logged, checkpoint);
    return {
      origin: checkpoint.origin,
      size: Number(checkpoint.logSize),
      root: hex(checkpoint.logHash),
    };
  },
});

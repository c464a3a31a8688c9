// Both roles of the VOPRF of RFC 9497 with ristretto255-SHA512, as @noble/curves implements it.
//
// As the asker: `blind`, then `finalize`, which verifies the proof first; `tags` turns outputs into
// what a bucket holds. As the holder: `key`, then `evaluate`. All octets are hexadecimal. Blinds and
// the key stay in this process.

import { ristretto255_oprf } from '@noble/curves/ed25519.js';
import { expand } from '@noble/hashes/hkdf.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { hex, octets, serve } from './lines.mjs';

const { voprf } = ristretto255_oprf;
const TAG_LABEL = new TextEncoder().encode('fedquery/v1/tag');
const TAG_LENGTH = 8;

let asked = [];
let keys;

await serve({
  blind({ inputs }) {
    asked = inputs.map(octets).map((input) => ({ input, ...voprf.blind(input) }));
    return { elements: asked.map(({ blinded }) => hex(blinded)) };
  },

  finalize({ evaluated, proof, public_key }) {
    const items = asked.map((one, place) => ({ ...one, evaluated: octets(evaluated[place]) }));
    const outputs = voprf.finalizeBatch(items, octets(public_key), octets(proof));
    return { outputs: outputs.map(hex) };
  },

  tags({ outputs }) {
    const tag = (output) => expand(sha512, octets(output), TAG_LABEL, TAG_LENGTH);
    return { tags: outputs.map((output) => hex(tag(output))) };
  },

  key({ seed, info }) {
    keys = voprf.deriveKeyPair(octets(seed), octets(info));
    return { public_key: hex(keys.publicKey) };
  },

  evaluate({ elements }) {
    const { secretKey, publicKey } = keys;
    const { evaluated, proof } = voprf.blindEvaluateBatch(secretKey, publicKey, elements.map(octets));
    return { evaluated: evaluated.map(hex), proof: hex(proof) };
  },
});

// Answer JSON lines from stdin with JSON lines on stdout, one for one.

import { createInterface } from 'node:readline';

export const hex = (octets) => Buffer.from(octets).toString('hex');
export const octets = (text) => new Uint8Array(Buffer.from(text, 'hex'));

// A handler returns what is answered; what it throws is answered as {"error": message}.
export async function serve(handlers) {
  for await (const line of createInterface({ input: process.stdin })) {
    let answer;
    try {
      const { call, ...given } = JSON.parse(line);
      answer = handlers[call](given);
    } catch (error) {
      answer = { error: error.message };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

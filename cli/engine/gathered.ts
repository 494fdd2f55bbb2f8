import { Transform } from "node:stream";

const PIECE_BYTES = 256 * 1024;

/** Gathers small pieces of a stream: each write to a TLS connection is a record of its own, and an archive of small files is all small pieces. */
export function gathered(): Transform {
  let pieces: Buffer[] = [];
  let bytes = 0;
  const taken = (): Buffer => {
    const all = Buffer.concat(pieces);
    pieces = [];
    bytes = 0;
    return all;
  };
  return new Transform({
    transform(piece: Buffer, _, done): void {
      pieces.push(piece);
      bytes += piece.length;
      done(null, bytes >= PIECE_BYTES ? taken() : undefined);
    },
    flush(done): void {
      done(null, taken());
    },
  });
}

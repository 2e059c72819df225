import type { ByteReader, ByteWriter } from '../../model/index.ts';

/** Writes a number below 2 ** 32 in four bytes that are ordered like it. */
export function writeUint32(number: number, writer: ByteWriter): void {
  for (let shift = 24; shift >= 0; shift -= 8) writer.writeByte((number >>> shift) & 255);
}

export function readUint32(reader: ByteReader): number {
  let number = 0;
  for (let i = 0; i < 4; i++) number = number * 256 + reader.readByte();
  return number;
}

import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { crc32c, createSha256, joinedCrc32c } from "../../src/shards/checksums.ts";

it("takes the CRC-32C that RFC 3720 lists", () => {
  expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
});

it("takes the SHA-256 that Node takes, in whatever pieces the bytes come", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 }), (pieces) => {
      const ours = createSha256();
      const nodes = createHash("sha256");
      for (const piece of pieces) {
        ours.update(piece);
        nodes.update(piece);
      }
      expect(ours.hex()).toBe(nodes.digest("hex"));
    }),
  );
});

it("joins the CRC-32C of two pieces to that of the whole", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 70_000 }), (a, b) => {
      expect(joinedCrc32c(crc32c(a), crc32c(b), b.length)).toBe(crc32c(b, crc32c(a)));
    }),
  );
});

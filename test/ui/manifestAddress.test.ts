import { expect, it } from "vitest";
import { manifestAddress } from "../../src/ui/data/manifestAddress.ts";

const BASE = "https://studio.example/some/path/";

it.each([
  ["https://a.example/shards/manifest.json", "https://a.example/shards/manifest.json"],
  [" http://a.example/shards/ ", "http://a.example/shards/manifest.json"],
  ["http://a.example", "http://a.example/manifest.json"],
  ["https://a.example/shards/?key=1", "https://a.example/shards/manifest.json?key=1"],
  ["/shards/manifest.json", "https://studio.example/shards/manifest.json"],
  ["./shards/", "https://studio.example/some/path/shards/manifest.json"],
])("takes %s", (typed, address) => {
  expect(manifestAddress(typed, BASE)).toEqual({ ok: true, value: address });
});

it.each([
  "http://",
  "localhost:4997/manifest.json",
  "a.example/manifest.json",
  "file:///data/manifest.json",
  "s3://a/b",
])("says that %s is not whole", (typed) => {
  expect(manifestAddress(typed, BASE)).toMatchObject({
    problem: { code: "address-incomplete", sentence: expect.stringContaining(typed) },
  });
});

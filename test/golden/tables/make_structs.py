"""
Writes structs.parquet, structs.arrow and structs.json: records within records, some of them missing; and decimals.parquet and
decimals.arrow: ids beyond 2^53 and amounts as decimals. With pyarrow 26.
"""

import json
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq

rows = []
for i in range(40):
    geo = None if i % 5 == 0 else {"country": None if i % 7 == 0 else f"c{i % 3}"}
    device = None if i % 6 == 0 else {"make": f"m{i % 4}", "price": i % 9, "geo": geo}
    rows.append({"click": int(i % 4 == 0), "device": device, "tags": [f"t{i % 2}"], "hits": {"pages": [i]}})
device = pa.struct(
    [("make", pa.string()), ("price", pa.int32()), ("geo", pa.struct([("country", pa.string())]))]
)
schema = pa.schema(
    [
        ("click", pa.int8()),
        ("device", device),
        ("tags", pa.list_(pa.string())),
        ("hits", pa.struct([("pages", pa.list_(pa.int32()))])),
    ]
)
table = pa.Table.from_pylist(rows, schema)
pq.write_table(table, "structs.parquet", row_group_size=15)
with pa.OSFile("structs.arrow", "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
    writer.write_table(table, max_chunksize=15)
flat = table.flatten().flatten()
with open("structs.json", "w") as out:
    columns = ["click", "device.price", "device.make", "device.geo.country"]
    json.dump([[row[name] for name in columns] for row in flat.to_pylist()], out)
    out.write("\n")

# Bytes of a fixed length, 64 bits and 32 bits in Parquet.
decimals = pa.table(
    {
        "click": pa.array([Decimal(i % 4 == 0) for i in range(40)], pa.decimal128(38, 0)),
        "user_id": pa.array(
            [None if i % 9 == 0 else Decimal(9007199254740993 + i % 20) * (-1) ** i for i in range(40)],
            pa.decimal128(38, 0),
        ),
        "item_id": pa.array([Decimal(900719925474099300 + i % 20) for i in range(40)], pa.decimal128(18, 0)),
        "price": pa.array([Decimal(i) / 100 - 1 for i in range(40)], pa.decimal128(9, 2)),
        "deep": pa.array([{"id": Decimal(10**20 + i % 3)} for i in range(40)], pa.struct([("id", pa.decimal128(30, 0))])),
    }
)
pq.write_table(decimals, "decimals.parquet", store_decimal_as_integer=True)
with pa.OSFile("decimals.arrow", "wb") as sink, pa.ipc.new_file(sink, decimals.schema) as writer:
    writer.write_table(decimals)

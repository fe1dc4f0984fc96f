"""Writes tables of made-up clicks in dialects and layouts drawn at random: Python's csv, pandas and pyarrow.

Run in this folder: python3 make_tables.py (pandas 3.1, pyarrow 26). `tables.json` says what each file holds: its columns,
and each row's values, null where one is missing.
"""

import bz2
import csv
import decimal
import gzip
import io
import json
import os
import random
import shutil
import tarfile
import zipfile

import pandas as pd
import pyarrow as pa
import pyarrow.json
import pyarrow.parquet as pq
from pyarrow import feather

ROWS = 60
LABELS = [("0", "1"), ("-1", "1"), ("False", "True"), ("no", "yes"), ("0.0", "1.0"), ("n", "Y")]
WORDS = ["a", "b7", "ünï", "日本", "two words", "x-y", "0a1b2c3d", "0012", "A" * 20, "e.f"]
NASTY = WORDS + [
    "semi;colon",
    "com,ma",
    "ba|r",
    "ta\tb",
    'qu"ote',
    "apo'strophe",
    "line\nend",
    "back\\slash",
    '"all"',
]

entries: list[dict] = []


def table(random_, words, missing=0.15):
    """Columns in a random order: the label, a row number, integers, fractions, categories."""
    other, click = random_.choice(LABELS)
    maybe = lambda value: None if random_.random() < missing else value
    columns = {
        "clicked": [random_.choice([other, click]) for _ in range(ROWS)],
        "depth": [maybe(random_.randint(-50, 5000)) for _ in range(ROWS)],
        "price": [maybe(round(random_.uniform(-3, 900), 3)) for _ in range(ROWS)],
        "site": [maybe(random_.choice(words)) for _ in range(ROWS)],
        "user_id": [maybe(str(random_.randint(0, 99))) for _ in range(ROWS)],
    }
    columns["clicked"][:2] = [other, click]
    names = list(columns)
    random_.shuffle(names)
    return {name: columns[name] for name in names}, click


def record(name, columns, click):
    rows = [
        [
            1 if columns["clicked"][r] == click else 0,
            columns["depth"][r],
            columns["price"][r],
            columns["site"][r],
            columns["user_id"][r],
        ]
        for r in range(ROWS)
    ]
    entries.append({"file": name, "rows": rows})


def text_of(columns, missing, **dialect):
    out = io.StringIO()
    writer = csv.writer(out, **dialect)
    writer.writerow(columns)
    for r in range(ROWS):
        writer.writerow([missing if values[r] is None else values[r] for values in columns.values()])
    return out.getvalue()


def write(name, content, random_):
    """The bytes, packed in one of the ways that files are passed around."""
    packing = random_.choice(["", ".gz", ".bz2", ".zst", ".zip", ".tar", ".tar.gz"])
    path = name + packing
    if packing == ".gz":
        content = gzip.compress(content, mtime=0)
    elif packing == ".bz2":
        content = bz2.compress(content)
    elif packing == ".zst":
        content = pa.Codec("zstd").compress(content).to_pybytes()
    if packing in ("", ".gz", ".bz2", ".zst"):
        with open(path, "wb") as file:
            file.write(content)
    elif packing == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(zipfile.ZipInfo("data/" + name), content)
    else:
        with tarfile.open(path, "w" + (":gz" if packing == ".tar.gz" else "")) as archive:
            member = tarfile.TarInfo("data/" + name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def csv_file(i):
    random_ = random.Random(i)
    delimiter = random_.choice([",", ";", "\t", "|"])
    quoting = random_.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC, csv.QUOTE_NONE])
    doubled = random_.random() < 0.7 and quoting != csv.QUOTE_NONE
    # What cannot be written without quotes is escaped; line ends cannot be recognised then.
    words = WORDS if quoting == csv.QUOTE_NONE else NASTY
    columns, click = table(random_, words)
    text = text_of(
        columns,
        random_.choice(["", "\\N", "NaN", "null"]) if doubled else "",
        delimiter=delimiter,
        quoting=quoting,
        doublequote=doubled,
        escapechar=None if doubled else "\\",
        quotechar='"',
        lineterminator=random_.choice(["\n", "\r\n"]),
    )
    encoding = random_.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16"])
    record(write(f"csv-{i}.csv", text.encode(encoding), random_), columns, click)


def frame_of(columns):
    frame = pd.DataFrame(columns)
    frame["depth"] = frame["depth"].astype("Int64")
    frame["price"] = frame["price"].astype("float64")
    return frame


def pandas_file(i):
    random_ = random.Random(1000 + i)
    columns, click = table(random_, NASTY)
    frame = frame_of(columns)
    kind = ["csv", "json", "feather", "parquet", "csv-index"][i % 5]
    name = f"pandas-{i}"
    if kind == "json":
        for column in ("depth",):
            frame[column] = frame[column].astype("object").where(frame[column].notna(), None)
        path = write(
            name + ".jsonl",
            frame.to_json(orient="records", lines=True, force_ascii=bool(i % 2)).encode(),
            random_,
        )
    elif kind == "feather":
        path = name + ".feather"
        frame.to_feather(path, compression=random_.choice(["lz4", "zstd", "uncompressed"]))
    elif kind == "parquet":
        path = name + ".parquet"
        frame.to_parquet(path, compression=random_.choice(["snappy", "gzip", "zstd", "brotli", None]))
    else:
        text = frame.to_csv(
            sep=random_.choice([",", ";", "\t"]),
            na_rep=random_.choice(["", "NaN", "NULL"]),
            index=kind == "csv-index",
        )
        path = write(name + ".csv", text.encode(), random_)
    record(path, columns, click)


def arrow_file(i):
    random_ = random.Random(2000 + i)
    columns, click = table(random_, NASTY)
    booleans = i % 2 == 0
    labels = [value == click for value in columns["clicked"]]
    cents = [None if value is None else decimal.Decimal(str(value)) for value in columns["price"]]
    text_type = random_.choice([pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string())])
    arrays = {
        "clicked": pa.array(labels)
        if booleans
        else pa.array(
            [int(label) for label in labels], random_.choice([pa.int8(), pa.int64(), pa.float32()])
        ),
        "depth": pa.array(
            columns["depth"], random_.choice([pa.int16(), pa.int32(), pa.int64(), pa.float64()])
        ),
        "price": pa.array(cents, pa.decimal128(12, 3))
        if i % 3 == 0
        else pa.array(columns["price"], random_.choice([pa.float32(), pa.float64()])),
        "site": pa.array(columns["site"], text_type),
        "user_id": pa.array(
            [None if value is None else int(value) for value in columns["user_id"]], pa.int64()
        ),
    }
    made = pa.table({name: arrays[name] for name in columns})
    name = f"arrow-{i}"
    kind = ["file", "stream", "parquet", "pages", "partitioned"][i % 5]
    if kind == "file":
        path = name + ".arrow"
        feather.write_feather(
            made, path, compression=random_.choice(["lz4", "zstd", "uncompressed"]), chunksize=20
        )
    elif kind == "stream":
        path = name + ".arrows"
        with pa.OSFile(path, "wb") as sink, pa.ipc.new_stream(sink, made.schema) as writer:
            writer.write_table(made, max_chunksize=25)
    elif kind == "parquet":
        path = name + ".parquet"
        pq.write_table(made, path, data_page_version="2.0", row_group_size=25, compression="zstd")
    elif kind == "pages":
        path = name + ".parquet"
        pq.write_table(made, path, data_page_size=64, dictionary_pagesize_limit=32, write_batch_size=7)
    else:
        path = name
        days = ["2014-10-21" if r < ROWS // 2 else "2014-10-22" for r in range(ROWS)]
        pq.write_to_dataset(
            made.append_column("day", pa.array(days)),
            path,
            partition_cols=["day"],
            basename_template="part-{i}.parquet",
        )
    columns = dict(columns, clicked=["1" if label else "0" for label in labels])
    record(path, columns, "1")


for old in os.listdir("."):
    if old.startswith(("csv-", "pandas-", "arrow-")):
        shutil.rmtree(old) if os.path.isdir(old) else os.remove(old)
for number in range(24):
    csv_file(number)
for number in range(15):
    pandas_file(number)
for number in range(15):
    arrow_file(number)
with open("tables.json", "w") as out:
    out.write("[\n" + ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries) + "\n]\n")

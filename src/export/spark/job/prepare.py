"""Makes a FINAL Studio data set of a log on a Spark cluster: manifest, vocabulary and Parquet shards.

Three passes over the log: a survey numbers its lines, the second counts values, the third looks up ids and writes shards. A
task reads a block of a file and writes what it makes of it on its own; between tasks only counts are exchanged. See README.md.
"""

import argparse
import hashlib
import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import fs
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from final_data import passes
from final_data.files import Block, JobError, cut, list_files, locate
from final_data.manifest import category_column, manifest_text, ordered_choice, ordered_rules
from final_data.numbers import NumberCounts, describe
from final_data.passes import LINES, NUMBERS, REPORT, Work
from final_data.records import EMPTY_LINE
from final_data.shards import write_file
from final_data.splits import SPLITS, split_times
from final_data.table import MISSING

HERE = Path(__file__).parent
VOCABULARY_FILE = "vocabulary.tsv"
BAD_LINE_EXAMPLES = 20
# So few bad lines of a file are forgiven where the files together have not more than 1 %.
FEW_BAD_LINES = 10


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--input", action="append", required=True, help="file or folder; may be given several times"
    )
    parser.add_argument("--output", required=True, help="folder for the data set; must not have one already")
    parser.add_argument("--name", help="the data set's name; left out, that of the first input")
    parser.add_argument(
        "--job", default=str(HERE / "job.json"), help="the choices that the job was exported with"
    )
    parser.add_argument(
        "--block_kb", type=int, default=128 << 10, help="kilobytes of the log that a task reads"
    )
    given = parser.parse_args()
    spark = SparkSession.builder.appName("final-studio-prepare").getOrCreate()
    send_package(spark)
    try:
        summary = prepare(spark, given)
    except JobError as fault:
        say(str(fault))
        return 1
    finally:
        spark.stop()
    print(json.dumps(summary))
    return 0


def send_package(spark: SparkSession) -> None:
    """Executors import the package too; with --deploy-mode=cluster `--py-files` has brought it along."""
    if (HERE / "final_data").is_dir():
        archive = shutil.make_archive(str(Path(tempfile.mkdtemp()) / "final_data"), "zip", HERE, "final_data")
        spark.sparkContext.addPyFile(archive)


def prepare(spark: SparkSession, given: argparse.Namespace) -> dict[str, Any]:
    start = time.monotonic()
    job: dict[str, Any] = json.loads(Path(given.job).read_text())
    refuse_existing(given.output)
    files = list_files(given.input)
    blocks = cut(files, given.block_kb << 10)
    say(f"{len(files)} files in {len(blocks)} blocks")
    # Shuffles are of counts alone.
    spark.conf.set("spark.sql.shuffle.partitions", min(200, len(blocks)))
    work = Work(job, blocks, [False] * len(job["numbers"]), dict(job["rules"]), given.output, [])

    lines_of_blocks, lines = run_survey(spark, work)
    say(f"{lines:,} lines")
    values = count_values(spark, work).persist()
    numbers, bad = notes_of(values, work)
    refuse_bad_lines(work, bad, lines_of_blocks)
    vocabulary = frequent_values(values, work)
    columns = describe_columns(values, numbers, vocabulary, work)
    values.unpersist()
    head = write_vocabulary(vocabulary, job["categories"], given.output)
    say(f"{head['rows']:,} values have ids")

    work.vocabulary = [table.column("value").combine_chunks() for table in vocabulary]
    encoded = run(spark, work, passes.encode)
    if sum(part["lines"] for part in encoded) != lines:
        raise JobError("The log changed while it was read. Run the job again when nothing writes to it.")
    shards = [
        shard for split in SPLITS for part in encoded for shard in part["shards"] if shard["split"] == split
    ]
    if not shards:
        raise JobError("No row is in any split. Check the shares in job.json.")
    splits = {
        split: {
            key: sum(shard[key] for shard in shards if shard["split"] == split)
            for key in ("rows", "positives")
        }
        for split in SPLITS
    }
    examples = sorted(example for part in bad for example in part["examples"])[:BAD_LINE_EXAMPLES]
    manifest = {
        "format": "final-studio-dataset",
        "version": 2,
        "name": given.name or name_of(given.input[0]),
        "source": {"files": [uri.partition("?")[0].rsplit("/", 1)[-1] for uri, _ in files], "lines": lines},
        "rules": ordered_rules(work.rules),
        "missingInteger": MISSING,
        "splits": splits,
        "badLines": sum(part["bad"] for part in bad),
        "badLineExamples": [{"line": line, "reason": reason} for line, reason in examples],
        "columns": columns,
        **({"categoryValues": job["categoryValues"]} if "categoryValues" in job else {}),
        **({"table": {"columns": [ordered_choice(one) for one in job["table"]]}} if "table" in job else {}),
        **({"noticed": job["noticed"]} if "noticed" in job else {}),
        "vocabulary": head,
        "shards": [{key: value for key, value in shard.items() if key != "positives"} for shard in shards],
    }
    # Last: a folder without it is no data set.
    write_file(given.output, "manifest.json", manifest_text(manifest).encode())
    for line, reason in examples:
        say(f"{place_of(line, work.blocks, lines_of_blocks, job)} {reason}; it was left out")
    return {
        "output": given.output,
        "lines": lines,
        "badLines": manifest["badLines"],
        "splits": splits,
        "values": head["rows"],
        "shards": len(shards),
        "seconds": round(time.monotonic() - start, 1),
    }


def refuse_existing(output: str) -> None:
    filesystem, path = locate(output)
    # Object stores have no empty folders.
    filesystem.create_dir(path, recursive=True)
    if filesystem.get_file_info(fs.FileSelector(path, recursive=False)):
        raise JobError(f"{output} holds files already. Name another --output, or remove them.")


def run(
    spark: SparkSession, work: Work, task: Callable[[Work, Block], dict[str, Any]]
) -> list[dict[str, Any]]:
    """What `task` says of every block, in their order."""
    shared = spark.sparkContext.broadcast(work)

    def report(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for number in batch.column("id").to_pylist():
                try:
                    found = task(shared.value, shared.value.blocks[number])
                except JobError as fault:
                    found = {"block": number, "fault": str(fault)}
                yield pa.RecordBatch.from_pylist([{"report": json.dumps(found)}], schema=REPORT)

    rows = blocks_of(spark, work).mapInArrow(report, "report string").collect()
    reports = sorted((json.loads(row["report"]) for row in rows), key=lambda one: one["block"])
    fault = next((one["fault"] for one in reports if "fault" in one), None)
    if fault:
        raise JobError(fault)
    return reports


def blocks_of(spark: SparkSession, work: Work) -> DataFrame:
    """One row a block, one block a task."""
    return spark.range(0, len(work.blocks), 1, len(work.blocks))


def run_survey(spark: SparkSession, work: Work) -> tuple[list[int], int]:
    """Numbers the lines, and completes the rules with what a split needs to know of all rows."""
    found = run(spark, work, passes.survey)
    lines = 0
    for block, part in zip(list(work.blocks), found, strict=True):
        work.blocks[block.number] = block.with_first_line(lines)
        lines += part["lines"]
    work.fractions = [any(part["fractions"][c] for part in found) for c in range(len(work.fractions))]
    if work.rules["split"] == "random":
        work.rules["splitRows"] = lines
    if work.rules["split"] == "time":
        first, last = min(part["first"] for part in found), max(part["last"] for part in found)
        if last < first:
            raise JobError(
                "No row has a time, so rows cannot be split by time. Export the job with another --split."
            )
        work.rules["times"] = split_times(work.rules["times"], first, last)
        if first >= work.rules["times"]["validFrom"]:
            raise JobError("The log is too short for this split by time: no row is left to train on.")
        untimed = sum(part["untimed"] for part in found)
        work.rules["times"] |= {"untimed": untimed} if untimed > 0 else {}
    return [part["lines"] for part in found], lines


def count_values(spark: SparkSession, work: Work) -> DataFrame:
    """Of every value of every category how often it occurs; with the tasks' notes on numbers and bad lines."""
    shared = spark.sparkContext.broadcast(work)

    def counts(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for number in batch.column("id").to_pylist():
                yield from passes.count(shared.value, shared.value.blocks[number])

    counted = blocks_of(spark, work).mapInArrow(
        counts, "column int, value binary, count bigint, first bigint"
    )
    return counted.groupBy("column", "value").agg(
        F.sum("count").alias("count"), F.min("first").alias("first")
    )


def notes_of(values: DataFrame, work: Work) -> tuple[list[NumberCounts], list[dict[str, Any]]]:
    """What the tasks counted of the numbers, together; and of each block which lines are bad."""
    schema = "column int, value binary, count bigint, first bigint"
    merged = values.where(F.col("column") == NUMBERS).mapInArrow(passes.merge_numbers, schema).toArrow()
    numbers = passes.numbers_in(merged.to_batches())
    notes = values.where(F.col("column") == LINES).collect()
    bad = sorted((json.loads(bytes(row["value"])) for row in notes), key=lambda one: one["block"])
    return numbers, bad


def refuse_bad_lines(work: Work, bad: list[dict[str, Any]], lines: list[int]) -> None:
    """Throws a JobError where more than 1 % of the lines, or of a file's, are bad, or no row is left."""
    files: dict[str, list[int]] = {}
    for block, part in zip(work.blocks, bad, strict=True):
        total = files.setdefault(block.uri, [0, 0])
        # Empty lines are no fault.
        total[0] += part["bad"] - part["empty"]
        total[1] += lines[block.number] - part["empty"]
    suspects = [(uri, total) for uri, total in files.items() if total[0] > FEW_BAD_LINES]
    suspects.append(("The log", [sum(column) for column in zip(*files.values(), strict=True)]))
    for name, (wrong, of) in suspects:
        if wrong * 100 > of:
            numbers = {block.number for block in work.blocks if name in (block.uri, "The log")}
            examples = [one for part in bad if part["block"] in numbers for one in part["examples"]]
            line, reason = next((one for one in examples if one[1] != EMPTY_LINE), examples[0])
            where = place_of(line, work.blocks, lines, work.job)
            raise JobError(
                f"{name} has {wrong:,} lines of {of:,} that cannot be read, more than 1 %: {where} {reason}. "
                "Check that the job was exported with a sample of this log."
            )
    if sum(part["bad"] for part in bad) == sum(lines):
        raise JobError("The log has no row. Check --input.")


def frequent_values(values: DataFrame, work: Work) -> list[pa.Table]:
    """Of each category the values with an id of their own, in the order of their ids."""
    threshold = work.rules["threshold"]
    is_frequent = F.col("count") > threshold if work.rules["rule"] == "over" else F.col("count") >= threshold
    found = values.where((F.col("column") >= 0) & (F.col("count") > 0) & is_frequent).toArrow()
    found = found.append_column("length", pc.binary_length(found.column("value")))
    order = {
        "count": [("count", "descending"), ("value", "ascending")],
        "first-seen": [("first", "ascending")],
        "given": [("length", "ascending"), ("value", "ascending")],
    }[work.rules["idOrder"]]
    categories = range(len(work.job["categories"]))
    return [found.filter(pc.field("column") == c).sort_by(order) for c in categories]


def describe_columns(
    values: DataFrame, numbers: list[NumberCounts], vocabulary: list[pa.Table], work: Work
) -> list[dict[str, Any]]:
    counted = values.where((F.col("column") >= 0) & (F.col("count") > 0)).groupBy("column")
    empty = F.sum(F.when(F.length("value") == 0, F.col("count")).otherwise(0))
    found = {
        row["column"]: row
        for row in counted.agg(F.count("*").alias("distinct"), empty.alias("missing")).collect()
    }
    fields = len(work.job["numbers"]) + len(work.job["categories"])
    columns: list[dict[str, Any]] = []
    base = fields
    for name, counts in zip(work.job["numbers"], numbers, strict=True):
        columns.append(describe(name, counts, work.rules, base))
        base += columns[-1]["frequent"]
    base = fields
    for c, name in enumerate(work.job["categories"]):
        row = found.get(c)
        missing, distinct = (row["missing"], row["distinct"]) if row else (0, 0)
        columns.append(category_column(name, missing, distinct, len(vocabulary[c]), base))
        base += len(vocabulary[c])
    return columns


def place_of(line: int, blocks: list[Block], lines: list[int], job: dict[str, Any]) -> str:
    """As in "line 8 of part-0.txt"; `line` is numbered from 0 through all files."""
    block = next(block for block in reversed(blocks) if block.first_line <= line and lines[block.number] > 0)
    first = next(other.first_line for other in blocks if other.uri == block.uri)
    number = line - first + 1 + job["source"]["headerLines"]
    return f"line {number} of {block.uri.partition('?')[0].rsplit('/', 1)[-1]}"


def write_vocabulary(vocabulary: list[pa.Table], names: list[str], output: str) -> dict[str, Any]:
    """vocabulary.tsv: column, value, count, a line each; what the manifest says of it."""
    parts = [b"column\tvalue\tcount\n"]
    for name, table in zip(names, vocabulary, strict=True):
        values = zip(table.column("value").to_pylist(), table.column("count").to_pylist(), strict=True)
        parts += [b"%s\t%s\t%d\n" % (name.encode(), value, count) for value, count in values]
    text = b"".join(parts)
    write_file(output, VOCABULARY_FILE, text)
    return {
        "file": VOCABULARY_FILE,
        "rows": len(parts) - 1,
        "bytes": len(text),
        "sha256": hashlib.sha256(text).hexdigest(),
    }


def name_of(uri: str) -> str:
    """A data set's name: that of its log's file or folder, without what says its kind."""
    file = uri.partition("?")[0].rstrip("/").rsplit("/", 1)[-1]
    return re.sub(r"(\.(txt|tsv|csv|dat))?(\.(gz|zst|bz2|lz4))*$", "", file) or file


if __name__ == "__main__":
    sys.exit(main())

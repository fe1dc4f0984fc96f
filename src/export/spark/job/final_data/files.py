"""The files of a log, wherever they are, cut into blocks of whole lines that tasks read on their own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pyarrow import fs

PIECE_BYTES = 32 << 20
# A file with a line as long as this is no log.
MOST_LINE_BYTES = 256 << 20
PACKED = re.compile(r"\.(gz|bz2|zst|lz4)$")
MARK = b"\xef\xbb\xbf"


class JobError(Exception):
    """The message says what is wrong, where, and what to do."""


@dataclass(frozen=True)
class Block:
    """The lines of a file that begin in [start, end); end is None where the file is packed and can only be read whole."""

    number: int
    uri: str
    start: int
    end: int | None
    # The number of its first line among those of all files. Known after the survey.
    first_line: int = 0

    def with_first_line(self, line: int) -> "Block":
        return replace(self, first_line=line)


def locate(uri: str) -> tuple[Any, str]:
    """pyarrow's filesystem for a URI (file, s3, gs, hdfs, abfs) or a local path, and the path in it."""
    # Hadoop's names of S3.
    uri = re.sub(r"^s3[an]://", "s3://", uri)
    if "://" in uri:
        filesystem, path = fs.FileSystem.from_uri(uri)
        return filesystem, path
    return fs.LocalFileSystem(), uri


def join(uri: str, name: str) -> str:
    """The URI of a file in a folder. What stands behind a question mark configures the filesystem."""
    place, question, options = uri.partition("?")
    return f"{place.rstrip('/')}/{name}{question}{options}"


def list_files(uris: list[str]) -> list[tuple[str, int]]:
    """The files at these URIs with their sizes: of a folder all that are in it, part_10 after part_9, hidden ones left out."""
    files: list[tuple[str, int]] = []
    for uri in uris:
        filesystem, path = locate(uri)
        info = filesystem.get_file_info(path)
        if info.type == fs.FileType.NotFound:
            raise JobError(f"There is no file or folder {uri}. Check --input.")
        if info.type == fs.FileType.File:
            files.append((uri, info.size))
            continue
        inside = filesystem.get_file_info(fs.FileSelector(path, recursive=True))
        found = [one for one in inside if one.type == fs.FileType.File and not _is_hidden(one.path, path)]
        found.sort(key=lambda one: _natural(one.path))
        files += [(join(uri, one.path[len(path) :].lstrip("/")), one.size) for one in found]
    filled = [(uri, size) for uri, size in files if size > 0]
    if not filled:
        raise JobError("The input has no file with lines in it. Check --input.")
    return filled


def cut(files: list[tuple[str, int]], block_bytes: int) -> list[Block]:
    """Blocks in the order of their lines."""
    blocks: list[Block] = []
    for uri, size in files:
        if PACKED.search(uri.partition("?")[0]):
            blocks.append(Block(len(blocks), uri, 0, None))
            continue
        for start in range(0, size, block_bytes):
            blocks.append(Block(len(blocks), uri, start, min(size, start + block_bytes)))
    return blocks


def read_block(block: Block) -> Iterator[bytes]:
    """The lines that begin in the block, in pieces of whole lines; line ends are \\n alone."""
    filesystem, path = locate(block.uri)
    if block.end is None:
        source = filesystem.open_input_stream(path, compression="detect")
    else:
        source = filesystem.open_input_file(path)
    with source:
        for number, piece in enumerate(_whole_lines(source, block.start, block.end)):
            text = piece
            if number == 0 and block.start == 0:
                if piece[:2] in (b"\xff\xfe", b"\xfe\xff"):
                    raise JobError(
                        f"{block.uri} is written in UTF-16, which this job does not read. Convert it to UTF-8."
                    )
                text = piece.removeprefix(MARK)
            while b"\r\n" in text:
                text = text.replace(b"\r\n", b"\n")
            yield text if text.endswith(b"\n") else text.rstrip(b"\r") + b"\n"


def read_header(uri: str, lines: int) -> bytes:
    """The last of the lines above a file's rows: the names of its columns."""
    filesystem, path = locate(uri)
    with filesystem.open_input_stream(path, compression="detect") as stream:
        text = b""
        while text.count(b"\n") < lines and len(text) < MOST_LINE_BYTES:
            more = stream.read(1 << 16)
            if not more:
                break
            text += more
    found = text.removeprefix(MARK).split(b"\n", lines)[:lines]
    return found[-1].rstrip(b"\r")


def _whole_lines(source: Any, start: int, end: int | None) -> Iterator[bytes]:
    """`rest` begins at the byte `position`. A line belongs to the block in which its first byte is."""
    skipping = start > 0
    position = start - 1 if skipping else 0
    if skipping:
        source.seek(position)
    rest = b""
    while True:
        more = source.read(PIECE_BYTES)
        text = rest + more
        if skipping:
            newline = text.find(b"\n")
            if newline == -1:
                if not more:
                    return
                position += len(text)
                rest = b""
                continue
            skipping = False
            text = text[newline + 1 :]
            position += newline + 1
        if end is not None and position >= end:
            return
        if not more:
            if text:
                yield text
            return
        last = -1 if end is None else end - 1 - position
        if end is not None and last < len(text):
            newline = text.find(b"\n", last)
            if newline >= 0:
                yield text[: newline + 1]
                return
        else:
            newline = text.rfind(b"\n")
            if newline >= 0:
                yield text[: newline + 1]
                text = text[newline + 1 :]
                position += newline + 1
        if len(text) > MOST_LINE_BYTES:
            raise JobError(
                "A file has a line of more than 256 MB, so it is no log of lines. Leave it out of the input."
            )
        rest = text


def _is_hidden(path: str, folder: str) -> bool:
    parts = path[len(folder) :].strip("/").split("/")
    return any(part.startswith((".", "_")) for part in parts)


def _natural(path: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", path)]
